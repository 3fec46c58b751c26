import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import { describe, expect, test } from 'vitest';
import { adoptRestored } from '../../../activities/recovery/adopt-restored.ts';
import { assessLoss } from '../../../activities/recovery/assess-loss.ts';
import { checkVacancy } from '../../../activities/recovery/check-vacancy.ts';
import { compare } from '../../../activities/recovery/compare.ts';
import { confirmWriter } from '../../../activities/recovery/confirm-writer.ts';
import { copyRows } from '../../../activities/recovery/copy-rows.ts';
import { discardRestored } from '../../../activities/recovery/discard-restored.ts';
import { inWords } from '../../../activities/recovery/in-words.ts';
import { keepRestored } from '../../../activities/recovery/keep-restored.ts';
import type { Standing } from '../../../activities/restore/standing.ts';
import {
  acted,
  callsOf,
  decide,
  expectDeclared,
  OBSERVED_AT,
  OBSERVED_MS,
  outputOf,
  refusalOf,
  waitOf,
} from './a-decision.ts';

const REGION = 'eu-west-3';
const CLUSTER = 'booking-ew3';
const ARN = `arn:aws:rds:${REGION}:123456789012:cluster:${CLUSTER}`;
const tags = (more: Record<string, string> = {}) =>
  Object.entries({ 'lifeboat:execution': 'fo-1', 'lifeboat:kind': 'keep', ...more }).map(([Key, Value]) => ({
    Key,
    Value,
  }));
const cluster = (more: Partial<DBCluster> = {}): DBCluster => ({
  DBClusterIdentifier: CLUSTER,
  DBClusterArn: ARN,
  Status: 'available',
  Endpoint: `${CLUSTER}.example`,
  TagList: tags(),
  ...more,
});

describe('the name of the restored database', () => {
  const input = { region: REGION, cluster: CLUSTER, executionId: 'fo-1' };

  test('is free when nothing has it, and when this execution restored it already', () => {
    expect(outputOf(decide(checkVacancy, input, null))).toEqual({ cluster: CLUSTER, vacant: true });
    expect(outputOf(decide(checkVacancy, input, cluster()))).toEqual({ cluster: CLUSTER, vacant: true });
  });

  test('is taken by a standby, for which there is a faster way, and by what another execution restored', () => {
    expect(refusalOf(decide(checkVacancy, input, cluster({ TagList: [] })))).toMatchObject({
      code: 'DR_NAME_TAKEN',
      remedy: expect.stringContaining('--param strategy=failover'),
    });
    const other = cluster({ TagList: tags({ 'lifeboat:execution': 'fo-0' }) });
    expect(refusalOf(decide(checkVacancy, input, other)).message).toContain('restored by fo-0');
  });
});

describe('the loss with a copy', () => {
  const input = { service: 'booking', dataTime: '2026-11-20T20:12:00.000Z', rpoSeconds: 60 };

  test('is counted to the last booking that succeeded, and warned of against the objective', () => {
    const hour = 3_600_000;
    const output = outputOf(decide(assessLoss, input, OBSERVED_MS - hour));
    expect(output).toMatchObject({ lossSeconds: 6 * 3_600, meetsRpo: false, countedTo: '2026-11-21T02:12:00.000Z' });
    expect(output.warnings).toEqual([
      'everything written since 2026-11-20T20:12:00.000Z is lost: 6 h, and the RPO is 60 s',
    ]);
  });

  test('is counted until now, and says so, when no booking was seen to succeed', () => {
    const output = outputOf(decide(assessLoss, input, null));
    expect(output).toMatchObject({ lossSeconds: 7 * 3_600, countedTo: OBSERVED_AT });
    expect(output.warnings).toHaveLength(2);
  });

  test('is nothing to warn of within the objective, and never negative', () => {
    expect(outputOf(decide(assessLoss, { ...input, dataTime: OBSERVED_AT }, OBSERVED_MS - 5_000))).toMatchObject({
      lossSeconds: 0,
      meetsRpo: true,
      warnings: [],
    });
  });
});

test.each([
  [40, '40 s'],
  [119.6, '2 min'],
  [27_000, '7 h 30 min'],
  [172_800, '2 d'],
  [273_600, '3 d 4 h'],
])('%s seconds are %s', (seconds, words) => expect(inWords(seconds)).toBe(words));

describe('the writer', () => {
  const input = { region: REGION, cluster: CLUSTER, epoch: 42 };
  const lease = { epoch: 42, region: REGION, advancedAt: OBSERVED_AT, ttlMs: 3_000, writers: [] };
  const instance: DBInstance = { DBInstanceStatus: 'available' };
  const seen = { found: cluster(), lease, instance, writes: true };

  test('is there when cluster, instance, server and lease all say so', () => {
    expect(outputOf(decide(confirmWriter, input, seen))).toMatchObject({ endpoint: `${CLUSTER}.example`, epoch: 42 });
  });

  test.each([
    ['the cluster is not available', { found: cluster({ Status: 'modifying' }) }, 'modifying'],
    ['the cluster is not there', { found: null, instance: null, writes: false }, 'not there'],
    ['its instance is not available', { instance: { DBInstanceStatus: 'creating' } }, 'creating'],
    ['the server is in recovery', { writes: false }, 'does not take writes'],
    ['the fence has not been taken', { lease: { ...lease, epoch: 41, region: 'eu-west-1' } }, 'epoch 41'],
  ])('is waited for while %s', (_, change, says) => {
    expect(waitOf(decide(confirmWriter, input, { ...seen, ...change }))).toContain(says);
  });

  test.each([
    ['at a later epoch', { ...lease, epoch: 43 }],
    ['for another region', { ...lease, region: 'eu-west-1' }],
  ])('is refused when somebody took the lease %s', (_, taken) => {
    expect(refusalOf(decide(confirmWriter, input, { ...seen, lease: taken })).code).toBe('DR_FENCE_NOT_PROVED');
  });
});

describe('adopting the restored database', () => {
  const input = { region: REGION, cluster: CLUSTER, executionId: 'fo-1', epoch: 42 };

  test('writes it on the cluster, once', () => {
    const calls = callsOf(decide(adoptRestored, input, cluster()));
    expectDeclared(adoptRestored, calls);
    expect(calls).toMatchObject([
      { operation: 'AddTagsToResource', input: { ResourceName: ARN, Tags: [{ Key: 'lifeboat:adopted-at' }] } },
    ]);
    expect(waitOf(decide(adoptRestored, input, cluster(), acted(calls)))).toContain('not to be seen yet');
    const adopted = cluster({ TagList: tags({ 'lifeboat:adopted-at': OBSERVED_AT }) });
    expect(outputOf(decide(adoptRestored, input, adopted))).toEqual({ cluster: CLUSTER, adoptedAt: OBSERVED_AT });
  });

  test('is refused when it is not there, or somebody else’s; a dry run names the call', () => {
    expect(refusalOf(decide(adoptRestored, input, null)).code).toBe('DR_RESTORE_FAILED');
    expect(refusalOf(decide(adoptRestored, input, cluster({ TagList: [] }))).code).toBe('DR_NAME_TAKEN');
    expect(decide(adoptRestored, input, null, null, { mode: 'dry_run' })).toMatchObject({
      kind: 'wait',
      calls: [{ operation: 'AddTagsToResource', target: CLUSTER }],
    });
  });
});

describe('discarding the restored database', () => {
  const input = { region: REGION, cluster: CLUSTER, executionId: 'fo-1' };
  const standing = (
    more: Partial<Standing['clusters'][number]> = {},
    instances: Standing['instances'] = [],
  ): Standing => ({
    clusters: [
      {
        ...{ id: CLUSTER, status: 'available', protected: true, globalCluster: null },
        tags: { 'lifeboat:execution': 'fo-1', 'lifeboat:kind': 'keep' },
        ...more,
      },
    ],
    instances,
  });
  const own = {
    id: 'fo-1-db-1',
    status: 'available',
    tags: { 'lifeboat:execution': 'fo-1' },
    cluster: CLUSTER,
  };

  test('takes its protection off and deletes its instance before it, until nothing is there', () => {
    const calls = callsOf(decide(discardRestored, input, standing({}, [own])));
    expectDeclared(discardRestored, calls);
    expect(calls.map(({ operation, target }) => `${operation} ${target}`)).toEqual([
      `ModifyDBCluster ${CLUSTER}`,
      'DeleteDBInstance fo-1-db-1',
    ]);
    expect(callsOf(decide(discardRestored, input, standing({ protected: false })))).toMatchObject([
      { operation: 'DeleteDBCluster', input: { DBClusterIdentifier: CLUSTER } },
    ]);
    const gone = decide(discardRestored, input, { clusters: [], instances: [] }, acted(calls));
    expect(outputOf(gone).discarded).toBe(true);
  });

  test.each([
    ['nothing was restored', { clusters: [], instances: [] }],
    ['somebody else’s database has the name', standing({ tags: {} })],
  ])('does nothing when %s', (_, seen) => {
    expect(outputOf(decide(discardRestored, input, seen)).discarded).toBe(false);
  });

  test('is refused once it is the service’s own, or a member of a global cluster, or holds what is not ours', () => {
    const adopted = standing({ tags: { 'lifeboat:execution': 'fo-1', 'lifeboat:adopted-at': OBSERVED_AT } });
    expect(refusalOf(decide(discardRestored, input, adopted)).message).toContain('the service’s own since');
    expect(refusalOf(decide(discardRestored, input, standing({ globalCluster: 'g' }))).code).toBe('DR_LEFTOVERS');
    const stranger = { ...own, id: 'reporting', tags: {} };
    expect(refusalOf(decide(discardRestored, input, standing({}, [own, stranger]))).message).toContain('reporting');
  });
});

describe('keeping the restored database', () => {
  const input = { region: REGION, cluster: 'fo-1-db', executionId: 'fo-1' };
  const restored = tags({ 'lifeboat:kind': 'restore' });

  test('marks cluster and instance, so that no clean-up takes them', () => {
    const seen = { cluster: cluster({ TagList: restored }), instance: { DBInstanceArn: 'arn:i', TagList: restored } };
    const calls = callsOf(decide(keepRestored, input, seen));
    expectDeclared(keepRestored, calls);
    expect(calls.map((call) => call.input)).toEqual([
      { ResourceName: ARN, Tags: [{ Key: 'lifeboat:kind', Value: 'keep' }] },
      { ResourceName: 'arn:i', Tags: [{ Key: 'lifeboat:kind', Value: 'keep' }] },
      { DBClusterIdentifier: 'fo-1-db', DeletionProtection: true, ApplyImmediately: true },
    ]);
    const kept = { cluster: cluster({ DeletionProtection: true }), instance: { TagList: tags() } };
    expect(outputOf(decide(keepRestored, input, kept))).toMatchObject({ endpoint: `${CLUSTER}.example` });
  });

  test('is refused when it is not there, or somebody else’s', () => {
    expect(refusalOf(decide(keepRestored, input, { cluster: null, instance: null })).code).toBe('DR_RESTORE_FAILED');
    const theirs = { cluster: cluster({ TagList: [] }), instance: null };
    expect(refusalOf(decide(keepRestored, input, theirs)).code).toBe('DR_NAME_TAKEN');
  });
});

describe('what is missing', () => {
  const pair = { region: REGION, source: 'running', copy: 'fo-1-db', restoredTo: OBSERVED_AT };
  const difference = (missingKeys: readonly string[]) => ({
    ...{ table: 'bookings', alike: 5, altered: 1, unexpected: 0, writtenSince: 7, because: null },
    missing: missingKeys.length,
    missingKeys,
  });
  const gone = { ...difference([]), missing: 5, missingKeys: null, because: 'it cannot be read' };

  test('is told in numbers, with a sentence for each kind', () => {
    const output = outputOf(decide(compare, { ...pair, whole: [] }, [difference(['a', 'b'])]));
    expect(output).toMatchObject({ missing: 2, altered: 1, writtenSince: 7 });
    expect(output.warnings).toHaveLength(3);
    expect(JSON.stringify(output)).not.toContain('"a"');
  });

  test('is told of a table that was dropped, and refused where single rows are asked for', () => {
    const output = outputOf(decide(compare, { ...pair, whole: [] }, [gone]));
    expect(output).toMatchObject({ missing: 5, warnings: expect.arrayContaining(['bookings: it cannot be read']) });
    expect(refusalOf(decide(compare, { ...pair, whole: ['bookings'] }, [gone])).message).toContain('it cannot be read');
    expect(refusalOf(decide(copyRows, { ...pair, tables: ['bookings'] }, [gone])).remedy).toContain('then=swap');
  });

  test('is copied table by table, and again only what the last try could not know', () => {
    const input = { ...pair, tables: ['bookings'] };
    const calls = callsOf(decide(copyRows, input, [difference(['a', 'b'])]));
    expectDeclared(copyRows, calls);
    expect(calls).toMatchObject([{ target: 'bookings: fo-1-db → running', input: { rows: 2 } }]);
    const tried = acted(calls, [{ table: 'bookings', copied: 1 }]);
    expect(refusalOf(decide(copyRows, input, [difference(['b'])], tried)).message).toContain('1 rows of bookings');
    const done = acted(calls, [{ table: 'bookings', copied: 2 }]);
    expect(outputOf(decide(copyRows, input, [difference([])], done))).toMatchObject({ copied: 2 });
  });

  test('is named, but not counted, by a dry run', () => {
    const input = { ...pair, tables: ['bookings'] };
    expect(decide(copyRows, input, null, null, { mode: 'dry_run' })).toMatchObject({
      kind: 'wait',
      calls: [{ operation: 'CopyRows', target: 'bookings: fo-1-db → running' }],
    });
    expect(decide(compare, { ...pair, whole: [] }, null, null, { mode: 'dry_run' }).kind).toBe('wait');
  });
});
