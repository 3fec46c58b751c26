import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { SeenCopy } from '../../../activities/snapshot/copies.ts';
import { markCopy } from '../../../activities/snapshot/mark-copy.ts';
import { validationDue } from '../../../activities/snapshot/validation-due.ts';
import { verify } from '../../../activities/snapshot/verify.ts';
import { TAG } from '../../../runbooks/actions/restore/naming.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';
import { executionId, firstId, kmsKey, seen, source, tags } from './a-snapshot-copy.ts';

describe('verifying the copy', () => {
  const input = { region: 'eu-west-3', snapshot: firstId, source, kmsKey, executionId };
  const good: DBClusterSnapshot = {
    Status: 'available',
    StorageEncrypted: true,
    KmsKeyId: kmsKey,
    AllocatedStorage: 1,
    SourceDBClusterSnapshotArn: source.snapshotArn,
    TagList: tags(),
  };
  const judged = (found: DBClusterSnapshot | null, sourceGigabytes: number | null = 1) =>
    decide(verify, input, { copy: found, sourceGigabytes });

  it('is done when it is what was asked for', () => {
    expect(outputOf(judged(good))).toEqual({
      snapshot: firstId,
      status: 'available',
      kmsKey,
      allocatedGigabytes: 1,
      dataTime: source.dataTime,
      verifiedAt: OBSERVED_AT,
    });
  });

  it.each<[string, Partial<DBClusterSnapshot>, string]>([
    ['a status', { Status: 'copying' }, 'status copying, must be available'],
    ['a wrong key', { KmsKeyId: 'arn:other' }, 'key arn:other'],
    ['no encryption', { StorageEncrypted: false }, 'storage not encrypted'],
    ['another source', { SourceDBClusterSnapshotArn: 'arn:else' }, 'source arn:else'],
    ['another size', { AllocatedStorage: 2 }, 'size in GB 2, must be 1'],
    ['no tags', { TagList: [] }, `tag ${TAG.execution} none`],
    ['a wrong data time', { TagList: tags({ [TAG.dataTime]: OBSERVED_AT }) }, `tag ${TAG.dataTime} ${OBSERVED_AT}`],
  ])('refuses a copy with %s that was not asked for, naming it', (_, change, says) => {
    const error = refusalOf(judged({ ...good, ...change }));
    expect(error.code).toBe('DR_COPY_NOT_AS_ASKED');
    expect(error.message).toContain(says);
  });

  it('does not hold a size against it that nobody knows any more', () => {
    expect(outputOf(judged(good, null)).status).toBe('available');
  });

  it('refuses a copy that is gone, and predicts one that is still to come', () => {
    expect(refusalOf(judged(null)).message).toContain('it is not there');
    const dry = decide(verify, input, { copy: null, sourceGigabytes: 3 }, null, { mode: 'dry_run' });
    expect(dry).toMatchObject({ kind: 'wait', predicted: { allocatedGigabytes: 3, kmsKey } });
  });
});

describe('seeing whether a validation is due', () => {
  const due = (copies: readonly SeenCopy[], every = 3, mode: 'live' | 'dry_run' = 'live') =>
    outputOf(decide(validationDue, { region: 'eu-west-3', cluster: 'booking-ew1', every }, copies, null, { mode }));

  it('counts this copy and those since one was found whole', () => {
    const copies = [seen(1), seen(2), seen(3, { validatedAt: OBSERVED_AT }), seen(4)];
    expect(due(copies)).toEqual({ due: false, sinceLast: 2, every: 3 });
    expect(due(copies, 2).due).toBe(true);
  });

  it('counts by number, so that pruning what lies between does not put a validation off for ever', () => {
    const copies = [seen(1, { ordinal: 9 }), seen(7, { ordinal: 2, validatedAt: OBSERVED_AT })];
    expect(due(copies, 7)).toEqual({ due: true, sinceLast: 7, every: 7 });
  });

  it('counts every copy ever made while none was found whole', () => {
    expect(due([seen(1, { ordinal: 6 }), seen(2, { ordinal: 5 })], 7).sinceLast).toBe(6);
    expect(due([seen(1)], 1).due).toBe(true);
  });

  it('is not due just after one was found whole, and a dry run counts the copy to come', () => {
    const copies = [seen(1, { ordinal: 4, validatedAt: OBSERVED_AT })];
    expect(due(copies, 1)).toMatchObject({ due: false, sinceLast: 0 });
    expect(due(copies, 1, 'dry_run')).toMatchObject({ due: true, sinceLast: 1 });
  });
});

describe.each([
  ['in doubt, before it is looked into', 'validation_begun', TAG.validationBegunAt],
  ['found whole', 'validated', TAG.validatedAt],
] as const)('marking a copy as %s', (_, mark, tag) => {
  const input = { region: 'eu-west-3', snapshot: firstId, snapshotArn: 'arn:copy', mark, at: OBSERVED_AT };
  const found = (more: Readonly<Record<string, string>> = {}): DBClusterSnapshot => ({ TagList: tags(more) });

  it('writes the tag, then reads it back', () => {
    const calls = callsOf(decide(markCopy, input, found()));
    expect(calls[0]).toMatchObject({
      operation: 'AddTagsToResource',
      input: { ResourceName: 'arn:copy', Tags: [{ Key: tag, Value: OBSERVED_AT }] },
    });
    expectDeclared(markCopy, calls);
    expect(waitOf(decide(markCopy, input, found(), acted(calls)))).toContain('not to be seen yet');
    expect(outputOf(decide(markCopy, input, found({ [tag]: OBSERVED_AT })))).toEqual({
      mark,
      markedAt: OBSERVED_AT,
    });
  });

  it('replaces an older mark', () => {
    expect(callsOf(decide(markCopy, input, found({ [tag]: '2026-11-01T00:00:00.000Z' })))).toHaveLength(1);
  });

  it('refuses a copy that is gone', () => {
    expect(refusalOf(decide(markCopy, input, null)).code).toBe('DR_SNAPSHOT_MISSING');
  });
});
