import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import { describe, expect, test } from 'vitest';
import { adoptRestored } from '../../../activities/recovery/adopt-restored.ts';
import { confirmSwapped } from '../../../activities/recovery/confirm-swapped.ts';
import { keepRestored } from '../../../activities/recovery/keep-restored.ts';
import { measureSwap } from '../../../activities/recovery/measure-swap.ts';
import { readSource } from '../../../activities/recovery/read-source.ts';
import { rename } from '../../../activities/recovery/rename.ts';
import { copiesAmong } from '../../../activities/recovery/swap-names.ts';
import { callName } from '../../../domain/action.ts';
import { setAsideNameOf } from '../../../runbooks/actions/restore/naming.ts';
import {
  acted,
  callsOf,
  canaries,
  decide,
  expectDeclared,
  OBSERVED_AT,
  OBSERVED_MS,
  outputOf,
  refusalOf,
  waitOf,
} from './a-decision.ts';

const REGION = 'eu-west-1';
const OWN = 'booking-ew1';
const ASIDE = 'booking-ew1-before-pt-1';
const COPY = 'pt-1-db';
const about = { region: REGION, cluster: OWN, executionId: 'pt-1' };
const DRY = { mode: 'dry_run' as const };

const named = (name: string, more: Partial<DBCluster> = {}): DBCluster => ({
  DBClusterIdentifier: name,
  Status: 'available',
  Endpoint: `${name}.example`,
  ...more,
});
const ours = { TagList: [{ Key: 'lifeboat:execution', Value: 'pt-1' }] };

describe('the name of a database that is set aside', () => {
  test('says what it was and which execution set it aside, and is one that RDS takes', () => {
    expect(setAsideNameOf(OWN, 'pt-20261121-0312-k3f9')).toBe('booking-ew1-before-pt-20261121-0312-k3f9');
    const long = setAsideNameOf(`a-${'very-'.repeat(11)}long`, 'pt-20261121-0312-k3f9');
    expect(long.length).toBeLessThanOrEqual(63);
    expect(long).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });
});

describe('the copy', () => {
  test('is known by its tag, and by no name alone', () => {
    const stranger = named(COPY);
    const elsewhere = named('by-hand', ours);
    const copy = named(OWN, ours);
    expect(copiesAmong([stranger, elsewhere, copy, named(ASIDE)], OWN, 'pt-1')).toEqual([copy]);
  });
});

describe('a rename', () => {
  const input = (which: 'damaged-aside' | 'copy-in' | 'copy-out' | 'damaged-back') => ({
    ...about,
    rename: which,
    damagedResourceId: 'cluster-DAMAGED',
  });
  const nothing = { subject: null, ambiguous: false, holder: null, addresses: [], others: [] };
  const at = (name: string, more: Partial<DBCluster> = {}) => ({ ...nothing, subject: named(name, more) });

  test.each([
    ['damaged-aside', OWN, ASIDE],
    ['copy-in', COPY, OWN],
    ['copy-out', OWN, COPY],
    ['damaged-back', ASIDE, OWN],
  ] as const)('%s makes %s become %s at once', (which, from, to) => {
    const calls = callsOf(decide(rename, input(which), at(from)));
    expectDeclared(rename, calls);
    expect(calls).toMatchObject([
      {
        operation: 'ModifyDBCluster',
        target: `${from} → ${to}`,
        input: { DBClusterIdentifier: from, NewDBClusterIdentifier: to, ApplyImmediately: true },
      },
    ]);
    const taken = [{ call: callName(calls[0]!), accepted: true }];
    expect(waitOf(decide(rename, input(which), at(from), acted(calls, taken)))).toContain('not to be seen so yet');
    const there = { ...at(to), addresses: ['10.0.0.2'], others: ['10.0.0.1'] };
    expect(outputOf(decide(rename, input(which), there, acted(calls)))).toMatchObject({ cluster: to, formerly: from });
  });

  test('is done when it has happened already, as after a lost answer or a crash', () => {
    const there = { ...at(OWN), addresses: ['10.0.0.2'] };
    expect(decide(rename, input('copy-in'), there).kind).toBe('done');
  });

  test('is asked for again when nobody knows whether the first request was taken', () => {
    const calls = callsOf(decide(rename, input('copy-in'), at(COPY)));
    const lost = acted(calls, [{ call: callName(calls[0]!), accepted: false }]);
    expect(callsOf(decide(rename, input('copy-in'), at(COPY), lost))).toEqual(calls);
    const refused = acted(calls, Array(30).fill({ call: callName(calls[0]!), accepted: false }));
    expect(refusalOf(decide(rename, input('copy-in'), at(COPY), refused)).code).toBe('DR_CALL_FAILED');
  });

  test('asks for nothing while the cluster is busy', () => {
    expect(waitOf(decide(rename, input('copy-in'), at(COPY, { Status: 'renaming' })))).toBe(`${COPY} is renaming`);
    expect(waitOf(decide(rename, input('copy-in'), at(OWN, { Status: 'renaming' })))).toBe(`${OWN} is renaming`);
  });

  test('lasts until no resolver leads to where the other one stands', () => {
    const stale = { ...at(OWN), addresses: ['10.0.0.1', '10.0.0.2'], others: ['10.0.0.1'] };
    expect(waitOf(decide(rename, input('copy-in'), stale))).toContain('still leads to 10.0.0.1');
    expect(waitOf(decide(rename, input('copy-in'), at(OWN)))).toContain('no resolver knows');
  });

  test('is refused when another cluster has the name', () => {
    const held = { ...at(COPY), holder: named(OWN) };
    expect(refusalOf(decide(rename, input('copy-in'), held)).code).toBe('DR_NAME_TAKEN');
  });

  test('is refused when somebody renamed the cluster, when two say they are the copy, when it is gone or broken', () => {
    expect(refusalOf(decide(rename, input('damaged-aside'), at('by-hand'))).message).toContain('called by-hand now');
    expect(refusalOf(decide(rename, input('copy-in'), { ...nothing, ambiguous: true })).code).toBe('DR_NAME_TAKEN');
    expect(refusalOf(decide(rename, input('copy-in'), nothing)).code).toBe('DR_RESTORE_FAILED');
    expect(refusalOf(decide(rename, input('copy-in'), at(COPY, { Status: 'failed' }))).code).toBe('DR_RESTORE_FAILED');
  });

  test('is named by a dry run, in which nothing was restored yet', () => {
    expect(decide(rename, input('copy-in'), nothing, null, DRY)).toMatchObject({
      kind: 'wait',
      calls: [{ target: `${COPY} → ${OWN}` }],
    });
    expect(decide(rename, input('damaged-aside'), at(OWN), null, DRY).kind).toBe('call');
  });

  test('tells who is who by what no rename changes', async () => {
    const clusters = [
      named(OWN, { ...ours, DbClusterResourceId: 'cluster-COPY' }),
      named(ASIDE, { DbClusterResourceId: 'cluster-DAMAGED' }),
    ];
    const clients = {
      rds: () => ({ send: async () => ({ DBClusters: clusters }) }),
      resolve: async (name: string) => [{ address: name.startsWith(ASIDE) ? '10.0.0.1' : '10.0.0.2' }],
    };
    const seen = await rename.observe(clients as never, input('damaged-back'), {} as never);
    expect(seen).toMatchObject({
      subject: { DBClusterIdentifier: ASIDE },
      holder: { DBClusterIdentifier: OWN },
      addresses: ['10.0.0.1'],
      others: ['10.0.0.2'],
    });
    // The name is the copy's by now: coming back waits for the copy to leave it.
    expect(refusalOf(decide(rename, input('damaged-back'), seen)).code).toBe('DR_NAME_TAKEN');
  });
});

describe('where production stands', () => {
  const found = named(OWN, {
    DbClusterResourceId: 'cluster-DAMAGED',
    GlobalClusterIdentifier: 'booking-global',
    DBSubnetGroup: 'production',
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1', Status: 'active' }],
    DBClusterParameterGroup: 'booking-aurora',
    StorageEncrypted: true,
    KmsKeyId: 'arn:key',
    DBClusterMembers: [{ DBInstanceIdentifier: 'one', IsClusterWriter: true }],
  });
  const writer: DBInstance = { DBInstanceClass: 'db.r6g.2xlarge' };
  const lease = { epoch: 3, region: 'eu-west-1', advancedAt: OBSERVED_AT, ttlMs: 3_000, writers: [] };
  const seen = { found, aside: null, lease, writer };

  test('is what a copy that takes its place is given', () => {
    expect(outputOf(decide(readSource, about, seen))).toEqual({
      cluster: OWN,
      resourceId: 'cluster-DAMAGED',
      globalCluster: 'booking-global',
      setAsideAs: ASIDE,
      placement: {
        subnetGroup: 'production',
        securityGroups: ['sg-1'],
        parameterGroup: 'booking-aurora',
        kmsKey: 'arn:key',
        instanceClass: 'db.r6g.2xlarge',
      },
      warnings: [expect.stringContaining('no member of booking-global')],
    });
  });

  test('comes with a warning for each thing that a restore does not bring along', () => {
    const more = {
      ...found,
      DBClusterMembers: [...(found.DBClusterMembers ?? []), { DBInstanceIdentifier: 'two' }],
      AssociatedRoles: [{ RoleArn: 'arn:role' }],
      MasterUserSecret: { SecretArn: 'arn:secret' },
    };
    const own = { ...writer, DBParameterGroups: [{ DBParameterGroupName: 'tuned' }] };
    expect(outputOf(decide(readSource, about, { ...seen, found: more, writer: own })).warnings).toHaveLength(5);
  });

  test.each([
    ['it is not there', { found: null }, 'DR_RESTORE_FAILED'],
    ['the name for it is taken', { aside: named(ASIDE) }, 'DR_NAME_TAKEN'],
    [
      'it follows another region',
      { found: { ...found, ReplicationSourceIdentifier: 'arn:writer' } },
      'DR_DB_GLOBAL_STATE',
    ],
    ['it has no writer', { writer: null }, 'DR_RESTORE_FAILED'],
    ['customers write in another region', { lease: { ...lease, region: 'eu-west-3' } }, 'DR_DB_GLOBAL_STATE'],
  ])('is refused when %s', (_, change, code) => {
    expect(refusalOf(decide(readSource, about, { ...seen, ...change })).code).toBe(code);
  });
});

describe('after the swap', () => {
  const input = { ...about, restoredTo: OBSERVED_AT, writtenSince: 7 };
  const answers = { writes: true, at: '10.0.0.2:5432', damagedAt: '10.0.0.1:5432', rows: 7 };
  const seen = { found: named(OWN, ours), damaged: named(ASIDE), answers };

  test('the name leads to the copy, which takes writes', () => {
    expect(outputOf(decide(confirmSwapped, input, seen))).toMatchObject({
      cluster: OWN,
      damaged: ASIDE,
      writtenSince: 7,
    });
  });

  test.each([
    ['the name still leads to the damaged one', { answers: { ...answers, at: answers.damagedAt } }, 'still leads to'],
    ['the copy takes no writes', { answers: { ...answers, writes: false } }, 'does not take writes'],
    ['the name is not the copy’s', { found: named(OWN), answers: null }, 'not the restored database yet'],
    ['the damaged one is not to be seen', { damaged: null, answers: null }, 'not to be seen'],
    ['the copy is not available', { found: named(OWN, { ...ours, Status: 'renaming' }), answers: null }, 'renaming'],
  ])('nothing goes on while %s', (_, change, says) => {
    expect(waitOf(decide(confirmSwapped, input, { ...seen, ...change }))).toContain(says);
  });

  test('rows written into the damaged one since they were counted prove that somebody was not stopped', () => {
    const late = { ...seen, answers: { ...answers, rows: 9 } };
    expect(refusalOf(decide(confirmSwapped, input, late))).toMatchObject({
      code: 'DR_FENCE_NOT_PROVED',
      message: expect.stringContaining('2 rows'),
    });
  });

  test('a dry run, in which production still has the name, says what adopting and keeping will call', () => {
    const adopting = decide(adoptRestored, { ...about, epoch: 1 }, named(OWN), null, DRY);
    expect(adopting).toMatchObject({ kind: 'wait', calls: [{ operation: 'AddTagsToResource' }] });
    const keeping = decide(keepRestored, about, { cluster: named(OWN), instance: null }, null, DRY);
    expect(keeping.kind === 'wait' && keeping.calls?.map(({ operation }) => operation)).toEqual([
      'AddTagsToResource',
      'AddTagsToResource',
      'ModifyDBCluster',
    ]);
  });
});

describe('what a swap took', () => {
  // A canary a second, all under one epoch: ten good ones, five misses, ten good ones.
  const samples = canaries('..........xxxxx..........', { epoch: 1 }).map((sample) => ({ ...sample, epoch: null }));
  const at = (secondsAgo: number) => new Date(OBSERVED_MS - secondsAgo * 1_000).toISOString();
  const input = { service: 'booking', region: REGION, restoredTo: at(18), stoppedAt: at(16), servingAt: at(10) };
  // The copy holds what was booked before the instant, and what was booked since the swap.
  const survivors = new Set(
    samples
      .filter(({ at: began }) => began < OBSERVED_MS - 18_000 || began >= OBSERVED_MS - 10_000)
      .map(({ number }) => number),
  );
  const vantages = [{ id: 'control', samples, survivors }];

  test('is the interruption that customers saw, and the canaries since the instant restored to', () => {
    const restore = {
      ...{ requestedAt: at(60), validatedAt: at(30), restoreSeconds: 30, restoredTo: at(18) },
      ...{ recoveryPointSeconds: null, precisionSeconds: null, sizeBytes: null, bytesPerSecond: null },
    };
    const output = outputOf(decide(measureSwap, { ...input, restore }, vantages));
    expect(output).toMatchObject({ rtoSeconds: 6, rpo: { lost: 3 }, restore: { restoreSeconds: 30 } });
    expect(output.method).toContain('not the time since the damage');
  });

  test('is no outage that had ended before anybody was stopped', () => {
    const output = outputOf(decide(measureSwap, { ...input, stoppedAt: at(5), servingAt: at(4) }, vantages));
    expect(output.rtoSeconds).toBeNull();
    expect(output.notMeasured.rto?.reason).toContain('nobody missed the service');
  });
});
