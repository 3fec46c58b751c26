import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { choose } from '../../../activities/snapshot/choose.ts';
import type { SeenCopy } from '../../../activities/snapshot/copies.ts';
import { copy } from '../../../activities/snapshot/copy.ts';
import { markValidated } from '../../../activities/snapshot/mark-validated.ts';
import { take } from '../../../activities/snapshot/take.ts';
import { validationDue } from '../../../activities/snapshot/validation-due.ts';
import { verify } from '../../../activities/snapshot/verify.ts';
import { copyOf, snapshotOf, TAG } from '../../../runbooks/actions/restore/naming.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';

const executionId = 'sc-20261121-0430-k3';
const [firstId, secondId] = [copyOf(executionId, 1), copyOf(executionId, 2)];
const kmsKey = 'arn:aws:kms:eu-west-3:123456789012:key/k3';
const requestedAt = '2026-11-21T03:11:00.000Z';
const source = {
  snapshot: 'rds:booking-ew1-2026-11-21',
  snapshotArn: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:rds:booking-ew1-2026-11-21',
  dataTime: '2026-11-21T02:00:00.000Z',
  encrypted: true,
  sizeBytes: 42_000_000,
  snapshotSeconds: null,
};
const tags = (more: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    [TAG.execution]: executionId,
    [TAG.service]: 'booking',
    [TAG.kind]: 'copy',
    [TAG.requestedAt]: requestedAt,
    [TAG.dataTime]: source.dataTime,
    [TAG.sizeBytes]: '42000000',
    ...more,
  }).map(([Key, Value]) => ({ Key, Value }));
const inputOf = (call: { input: unknown }) => call.input as Readonly<Record<string, unknown>>;
const tagsIn = (call: { input: unknown }) =>
  Object.fromEntries((inputOf(call)['Tags'] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));

/** A copy of ours whose data is so many hours older than the newest can be. */
const seen = (hours: number, more: Partial<SeenCopy> = {}): SeenCopy => ({
  id: `sc-${hours}-copy-1`,
  arn: `arn:sc-${hours}-copy-1`,
  status: 'available',
  execution: `sc-${hours}`,
  dataTime: new Date(Date.parse(OBSERVED_AT) - hours * 3_600_000).toISOString(),
  validatedAt: null,
  held: false,
  encrypted: true,
  sizeBytes: null,
  ordinal: null,
  ...more,
});

describe('choosing a snapshot', () => {
  const input = { region: 'eu-west-1', cluster: 'booking-ew1', kind: 'snapshot' as const, validatedOnly: false };
  const snapshot = (hour: number, more: Partial<DBClusterSnapshot> = {}): DBClusterSnapshot => ({
    DBClusterSnapshotIdentifier: `s${hour}`,
    DBClusterSnapshotArn: `arn:s${hour}`,
    DBClusterIdentifier: 'booking-ew1',
    Status: 'available',
    StorageEncrypted: true,
    SnapshotCreateTime: new Date(Date.UTC(2026, 10, 21, hour)),
    ...more,
  });
  const chosen = (snapshots: readonly DBClusterSnapshot[], sizeBytes: number | null = null) =>
    decide(choose, input, { kind: 'snapshot', snapshots, sizeBytes });

  it('takes the newest available one, whoever took it', () => {
    expect(outputOf(chosen([snapshot(1), snapshot(3), snapshot(2)], 7))).toEqual({
      snapshot: 's3',
      snapshotArn: 'arn:s3',
      dataTime: '2026-11-21T03:00:00.000Z',
      encrypted: true,
      sizeBytes: 7,
      snapshotSeconds: null,
    });
  });

  it.each<[string, Partial<DBClusterSnapshot>]>([
    ['still being made', { Status: 'creating' }],
    ['of another cluster', { DBClusterIdentifier: 'other' }],
    ['copied here from elsewhere', { SourceDBClusterSnapshotArn: source.snapshotArn }],
    ['one of Lifeboat’s copies', { TagList: tags() }],
  ])('passes over a newer one that is %s', (_, change) => {
    expect(outputOf(chosen([snapshot(1), snapshot(2, change)])).snapshot).toBe('s1');
  });

  it('takes the size from RDS where the database does not say, and calls nothing a size that is none', () => {
    expect(outputOf(chosen([snapshot(1, { AllocatedStorage: 2 })])).sizeBytes).toBe(2 * 1024 ** 3);
    expect(outputOf(chosen([snapshot(1, { AllocatedStorage: 0 })])).sizeBytes).toBeNull();
  });

  it('refuses when there is none, saying how many were looked at', () => {
    expect(refusalOf(chosen([snapshot(1, { Status: 'failed' })]))).toMatchObject({
      code: 'DR_SNAPSHOT_MISSING',
      actual: 1,
    });
  });

  it('takes of copies the one with the newest data, not the one made last', () => {
    const copies = [seen(5, { id: 'sc-5-copy-1' }), seen(2), seen(9, { validatedAt: OBSERVED_AT })];
    const among = (validatedOnly: boolean) =>
      decide(choose, { ...input, kind: 'copy', validatedOnly }, { kind: 'copy', copies });
    expect(outputOf(among(false)).snapshot).toBe('sc-2-copy-1');
    expect(outputOf(among(true)).snapshot).toBe('sc-9-copy-1');
  });

  it.each<[string, Partial<SeenCopy>]>([
    ['not ours', { execution: null }],
    ['not available', { status: 'copying' }],
    ['without a data time', { dataTime: null }],
  ])('counts no copy that is %s', (_, change) => {
    const decision = decide(choose, { ...input, kind: 'copy' }, { kind: 'copy', copies: [seen(1, change)] });
    expect(refusalOf(decision).code).toBe('DR_SNAPSHOT_MISSING');
  });
});

describe('taking a snapshot', () => {
  const input = { region: 'eu-west-1', cluster: 'booking-ew1', executionId };
  const name = snapshotOf(executionId);
  const snapshot: DBClusterSnapshot = {
    DBClusterSnapshotIdentifier: name,
    DBClusterSnapshotArn: `arn:${name}`,
    DBClusterIdentifier: 'booking-ew1',
    Status: 'available',
    SnapshotCreateTime: new Date('2026-11-21T03:11:30.000Z'),
    StorageEncrypted: true,
    TagList: tags({ [TAG.kind]: 'snapshot' }),
  };
  const see = (found: DBClusterSnapshot | null) => ({ snapshot: found, sizeBytes: 9 });

  it('asks for one under the execution’s name and tags', () => {
    const calls = callsOf(decide(take, input, see(null)));
    expect(inputOf(calls[0]!)).toMatchObject({ DBClusterSnapshotIdentifier: name, DBClusterIdentifier: 'booking-ew1' });
    expect(tagsIn(calls[0]!)).toMatchObject({ [TAG.execution]: executionId, [TAG.kind]: 'snapshot' });
    expectDeclared(take, calls);
  });

  it('is done when it is available, and says how long that took since it was asked for', () => {
    expect(outputOf(decide(take, input, see(snapshot)))).toMatchObject({
      snapshot: name,
      dataTime: '2026-11-21T03:11:30.000Z',
      snapshotSeconds: 60,
      sizeBytes: 9,
    });
  });

  it('waits for it, refuses a failed one and a name that is taken', () => {
    expect(waitOf(decide(take, input, see({ ...snapshot, Status: 'creating', PercentProgress: 40 })))).toContain(
      '40 %',
    );
    expect(waitOf(decide(take, input, see(null), acted([])))).toContain('not to be seen yet');
    expect(refusalOf(decide(take, input, see({ ...snapshot, Status: 'failed' }))).code).toBe('DR_SNAPSHOT_FAILED');
    expect(refusalOf(decide(take, input, see({ ...snapshot, TagList: [] }))).code).toBe('DR_NAME_TAKEN');
    expect(refusalOf(decide(take, input, see({ ...snapshot, DBClusterIdentifier: 'other' }))).code).toBe(
      'DR_NAME_TAKEN',
    );
  });
});

describe('copying to the other region', () => {
  const input = { region: 'eu-west-3', source, kmsKey, executionId };
  const made = (more: Partial<DBClusterSnapshot> = {}): DBClusterSnapshot => ({
    DBClusterSnapshotArn: 'arn:copy',
    Status: 'available',
    PercentProgress: 100,
    TagList: tags(),
    ...more,
  });
  const see = (
    tries: { first?: DBClusterSnapshot; second?: DBClusterSnapshot; events?: [string?, string?] } = {},
    more: { key?: { state: string } | null; copies?: SeenCopy[] } = {},
  ) => ({
    tries: [
      { copy: tries.first ?? null, event: tries.events?.[0] ?? null },
      { copy: tries.second ?? null, event: tries.events?.[1] ?? null },
    ] as const,
    key: more.key === undefined ? { state: 'Enabled' } : more.key,
    copies: more.copies ?? [],
  });

  it('asks the destination, by ARN, with the destination’s key, and writes down when the data was current', () => {
    const calls = callsOf(decide(copy, input, see({}, { copies: [seen(1, { ordinal: 8 }), seen(2, { ordinal: 5 })] })));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ operation: 'CopyDBClusterSnapshot', region: 'eu-west-3' });
    expect(inputOf(calls[0]!)).toMatchObject({
      SourceDBClusterSnapshotIdentifier: source.snapshotArn,
      TargetDBClusterSnapshotIdentifier: firstId,
      KmsKeyId: kmsKey,
    });
    expect(tagsIn(calls[0]!)).toEqual({
      [TAG.execution]: executionId,
      [TAG.service]: 'booking',
      [TAG.kind]: 'copy',
      [TAG.requestedAt]: OBSERVED_AT,
      [TAG.dataTime]: source.dataTime,
      [TAG.sizeBytes]: '42000000',
      [TAG.ordinal]: '9',
    });
    expectDeclared(copy, calls);
  });

  it('names no key for a source that is not encrypted: Aurora refuses that', () => {
    const plain = { ...source, encrypted: false, sizeBytes: null };
    const [call] = callsOf(decide(copy, { ...input, source: plain }, see({}, { key: null })));
    expect(inputOf(call!)).not.toHaveProperty('KmsKeyId');
    expect(tagsIn(call!)).not.toHaveProperty(TAG.sizeBytes);
  });

  it.each<[string, string, { state: string } | null, string]>([
    ['disabled', kmsKey, { state: 'Disabled' }, 'is Disabled'],
    ['about to be deleted', kmsKey, { state: 'PendingDeletion' }, 'is PendingDeletion'],
    ['unknown', kmsKey, null, 'does not exist'],
    ['of another region', kmsKey.replace('eu-west-3', 'eu-west-1'), { state: 'Enabled' }, 'belongs to eu-west-1'],
  ])('refuses a key that is %s, before anything is asked for', (_, key, state, says) => {
    const error = refusalOf(decide(copy, { ...input, kmsKey: key }, see({}, { key: state })));
    expect(error.code).toBe('DR_KEY_UNUSABLE');
    expect(error.message).toContain(says);
  });

  it('refuses to copy what is encrypted without a key', () => {
    const { kmsKey: _, ...keyless } = input;
    expect(refusalOf(decide(copy, keyless, see())).message).toContain('no key is declared');
  });

  it('is done when the copy is available, counted from the call', () => {
    expect(outputOf(decide(copy, input, see({ first: made() })))).toEqual({
      snapshot: firstId,
      snapshotArn: 'arn:copy',
      attempts: 1,
      copyRequestedAt: requestedAt,
      copiedAt: OBSERVED_AT,
      copySeconds: 60,
      firstFailure: null,
    });
  });

  it('tells a queue from a hang: a flat 0 % is waiting its turn', () => {
    const waiting = { Status: 'copying', PercentProgress: 0 };
    expect(waitOf(decide(copy, input, see({ first: made(waiting) })))).toContain(
      'still 0 % after 60 s: queued, a region takes 5 copies at a time',
    );
    const fresh = made({ ...waiting, TagList: tags({ [TAG.requestedAt]: OBSERVED_AT }) });
    expect(waitOf(decide(copy, input, see({ first: fresh })))).toContain('just begun, or queued');
    expect(waitOf(decide(copy, input, see({ first: made({ Status: 'copying', PercentProgress: 37 }) })))).toContain(
      '37 %',
    );
  });

  it('asks no second time while the first copy is not to be seen', () => {
    const calls = callsOf(decide(copy, input, see()));
    expect(waitOf(decide(copy, input, see(), acted(calls)))).toContain(`${firstId} was asked for`);
  });

  it('tries a failed copy once more under a new name, with what RDS says was wrong', () => {
    const failed = see({ first: made({ Status: 'failed' }), events: ['The copy ran out of (imaginary) paper!'] });
    const decision = decide(copy, input, failed);
    const [call] = callsOf(decision);
    expect(inputOf(call!)['TargetDBClusterSnapshotIdentifier']).toBe(secondId);
    // A tag takes no brackets and no exclamation marks.
    expect(tagsIn(call!)[TAG.firstFailure]).toBe('The copy ran out of imaginary paper');
    expect(decision.kind === 'call' && decision.why).toContain('(imaginary)');
    expect(waitOf(decide(copy, input, failed, acted([call!])))).toContain(`${secondId} was asked for`);
  });

  it('gives the second try the number that the first had: it is one copy', () => {
    const own = seen(0, { execution: executionId, status: 'failed', ordinal: 9 });
    const [call] = callsOf(
      decide(copy, input, see({ first: made({ Status: 'failed' }) }, { copies: [own, seen(1, { ordinal: 8 })] })),
    );
    expect(tagsIn(call!)[TAG.ordinal]).toBe('9');
  });

  it('checks the key again before the second try', () => {
    expect(
      refusalOf(decide(copy, input, see({ first: made({ Status: 'failed' }) }, { key: { state: 'Disabled' } }))).code,
    ).toBe('DR_KEY_UNUSABLE');
  });

  it('removes the failed first copy once the second is there, and only then is done', () => {
    const both = see({ first: made({ Status: 'failed' }), second: made(), events: ['no space'] });
    const calls = callsOf(decide(copy, input, both));
    expect(calls).toEqual([
      expect.objectContaining({
        operation: 'DeleteDBClusterSnapshot',
        input: { DBClusterSnapshotIdentifier: firstId },
      }),
    ]);
    expectDeclared(copy, calls);
    expect(waitOf(decide(copy, input, both, acted(calls)))).toContain('is being deleted');
    const alone = see({ second: made({ TagList: tags({ [TAG.firstFailure]: 'no space' }) }) });
    expect(outputOf(decide(copy, input, alone))).toMatchObject({
      snapshot: secondId,
      attempts: 2,
      firstFailure: 'no space',
    });
  });

  it('deletes nothing while the second copy is under way', () => {
    const under = see({ first: made({ Status: 'failed' }), second: made({ Status: 'copying', PercentProgress: 3 }) });
    expect(waitOf(decide(copy, input, under))).toContain(`${secondId} is copying, 3 %`);
  });

  it('gives up after the second failure, saying why both failed', () => {
    const twice = see({ first: made({ Status: 'failed' }), second: made({ Status: 'failed' }), events: ['no space'] });
    const error = refusalOf(decide(copy, input, twice));
    expect(error).toMatchObject({ code: 'DR_COPY_FAILED', actual: ['no space', "status 'failed'"] });
  });

  it.each([1, 2])('leaves a snapshot alone that has the name of try %i and is not its own', (which) => {
    const stranger = made({ TagList: tags({ [TAG.execution]: 'sc-other' }) });
    const tries = which === 1 ? { first: stranger } : { first: made({ Status: 'failed' }), second: stranger };
    expect(refusalOf(decide(copy, input, see(tries))).code).toBe('DR_NAME_TAKEN');
  });
});

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

describe('marking a copy as validated', () => {
  const input = { region: 'eu-west-3', snapshot: firstId, snapshotArn: 'arn:copy', validatedAt: OBSERVED_AT };
  const found = (more: Readonly<Record<string, string>> = {}): DBClusterSnapshot => ({ TagList: tags(more) });

  it('writes the tag, then reads it back', () => {
    const calls = callsOf(decide(markValidated, input, found()));
    expect(calls[0]).toMatchObject({
      operation: 'AddTagsToResource',
      input: { ResourceName: 'arn:copy', Tags: [{ Key: TAG.validatedAt, Value: OBSERVED_AT }] },
    });
    expectDeclared(markValidated, calls);
    expect(waitOf(decide(markValidated, input, found(), acted(calls)))).toContain('not to be seen yet');
    expect(outputOf(decide(markValidated, input, found({ [TAG.validatedAt]: OBSERVED_AT })))).toEqual({
      markedAt: OBSERVED_AT,
    });
  });

  it('replaces an older mark', () => {
    expect(
      callsOf(decide(markValidated, input, found({ [TAG.validatedAt]: '2026-11-01T00:00:00.000Z' }))),
    ).toHaveLength(1);
  });

  it('refuses a copy that is gone', () => {
    expect(refusalOf(decide(markValidated, input, null)).code).toBe('DR_SNAPSHOT_MISSING');
  });
});
