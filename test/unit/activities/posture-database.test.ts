import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { DBCluster, DBInstance, GlobalCluster, Parameter } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { backups } from '../../../activities/posture/backups.ts';
import { parameters } from '../../../activities/posture/parameters.ts';
import { protection } from '../../../activities/posture/protection.ts';
import { standby } from '../../../activities/posture/standby.ts';
import type { UsableCopy } from '../../../activities/snapshot/copies.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { decide, OBSERVED_MS, outputOf } from './a-decision.ts';
import { ago, answers, expectTold, notFine, only, silence, verdicts } from './posture-findings.ts';

describe('backups and copies', () => {
  const input = {
    service: 'booking',
    region: 'eu-west-1',
    cluster: 'booking-ew1',
    recoveryRegion: 'eu-west-3',
    retentionDaysAtLeast: 7 as number | null,
    restorableAgeAtMostSeconds: 360,
    exposureAtMostSeconds: 86_400 as number | null,
  };
  const cluster = (change: Partial<DBCluster> = {}): DBCluster => ({
    BackupRetentionPeriod: 7,
    EarliestRestorableTime: new Date(ago(7 * 86_400)),
    LatestRestorableTime: new Date(ago(120)),
    ...change,
  });
  const copy = (dataAge: number, validatedAt: string | null = null): UsableCopy => ({
    id: `sc-${dataAge}-copy-1`,
    arn: `arn:aws:rds:eu-west-3:123456789012:cluster-snapshot:sc-${dataAge}-copy-1`,
    status: 'available',
    execution: `sc-${dataAge}`,
    inDoubt: false,
    held: false,
    encrypted: true,
    sizeBytes: null,
    ordinal: null,
    dataTime: ago(dataAge),
    validatedAt,
  });
  const good = [copy(3_600, null), copy(90_000, ago(80_000))];
  const judge = (seen: Partial<Parameters<typeof backups.decide>[1]> = {}, change: Partial<typeof input> = {}) => {
    const whole = { cluster: answers(cluster()), copies: answers(good), ...seen };
    const { findings } = outputOf(decide(backups, { ...input, ...change }, whole));
    expectTold(findings);
    return findings;
  };

  it('are fine when kept long enough, restorable up to a moment ago, copied lately and once validated', () => {
    expect(verdicts(judge())).toEqual([
      'backups:on: fine',
      'backups:retention: fine',
      'backups:restorable: fine',
      'backups:copy-age: fine',
      'backups:copy-validated: fine',
    ]);
  });

  it.each([
    ['are off', { BackupRetentionPeriod: 0 }, 'automated backups of booking-ew1 are off'],
    ['are kept too short', { BackupRetentionPeriod: 6 }, 'backups are kept 6 days, at least 7 declared'],
    ['have no window', { LatestRestorableTime: undefined }, 'no instant can be restored'],
    ['have stopped', { LatestRestorableTime: new Date(ago(900)) }, 'up to 15 min ago (at most 6 min)'],
  ])('are a critical finding when they %s', (_when, change, says) => {
    const found = only(notFine(judge({ cluster: answers(cluster(change as Partial<DBCluster>)) })));
    expect(found).toMatchObject({ verdict: 'finding', severity: 'critical' });
    expect(found.what).toContain(says);
  });

  it('are a finding when the cluster is not there', () => {
    expect(only(notFine(judge({ cluster: answers(null) }))).what).toBe('there is no cluster booking-ew1 in eu-west-1');
  });

  it('are critical when no copy exists, or the data in the newest one is older than may be lost', () => {
    expect(only(notFine(judge({ copies: answers([]) }))).what).toBe('eu-west-3 holds no copy');
    const old = only(notFine(judge({ copies: answers([copy(90_000, ago(1))]) })));
    expect(old).toMatchObject({ id: 'backups:copy-age', verdict: 'finding', severity: 'critical' });
    expect(old.what).toContain('is 25 h old, at most 24 h is wanted');
  });

  it('are a warning when no copy was ever restored', () => {
    const found = only(notFine(judge({ copies: answers([copy(60), copy(120)]) })));
    expect(found).toMatchObject({ id: 'backups:copy-validated', severity: 'warning' });
    expect(found.what).toBe('none of 2 copies was restored and found whole');
  });

  it('are unknown, not fine, without a declared target', () => {
    const found = notFine(judge({}, { retentionDaysAtLeast: null, exposureAtMostSeconds: null }));
    expect(verdicts(found)).toEqual(['backups:retention: unknown', 'backups:copy-age: unknown']);
  });

  it('are unknown where the region does not answer; the other region is still judged', () => {
    expect(verdicts(notFine(judge({ cluster: silence })))).toEqual([
      'backups:on: unknown',
      'backups:retention: unknown',
      'backups:restorable: unknown',
    ]);
    expect(verdicts(notFine(judge({ copies: silence })))).toEqual([
      'backups:copy-age: unknown',
      'backups:copy-validated: unknown',
    ]);
  });
});

describe('the standby', () => {
  const arn = (region: string) => EXAMPLE_SERVICE.database.regions[region]?.arn ?? '';
  const input = {
    region: 'eu-west-3',
    globalCluster: 'booking-global',
    cluster: 'booking-ew3',
    clusterArn: arn('eu-west-3'),
    protectedRegion: 'eu-west-1',
    protectedCluster: 'booking-ew1',
    lagAtMostSeconds: 60,
  };
  const members = (writer: string, state: string | undefined): GlobalCluster['GlobalClusterMembers'] =>
    ['eu-west-1', 'eu-west-3'].map((region) => ({
      DBClusterArn: arn(region),
      IsWriter: region === writer,
      ...(region === writer || state === undefined ? {} : { SynchronizationStatus: state as 'connected' }),
    }));
  const global = (
    change: {
      writer?: string;
      follows?: string;
      state?: string | undefined;
      version?: string;
      instances?: string[];
    } = {},
  ) =>
    answers({
      global: {
        GlobalClusterMembers: members(
          change.writer ?? 'eu-west-1',
          'state' in change ? change.state : 'connected',
        )?.map((member) =>
          member.IsWriter && change.follows ? { ...member, DBClusterArn: change.follows } : member,
        ) as NonNullable<GlobalCluster['GlobalClusterMembers']>,
      },
      cluster: { EngineVersion: change.version ?? '17.4' },
      instances: (change.instances ?? ['available']).map((DBInstanceStatus) => ({ DBInstanceStatus })),
    });
  const lag = (lagMs: number | null, age: number | null = 0.1) =>
    answers({ lagMs, age, calculated: new Date(OBSERVED_MS) });
  const judge = (seen: Partial<Parameters<typeof standby.decide>[1]> = {}) => {
    const whole = { global: global(), writer: answers({ EngineVersion: '17.4' }), lag: lag(800), ...seen };
    const { findings } = outputOf(decide(standby, input, whole));
    expectTold(findings);
    return findings;
  };

  it('is fine when connected, with an instance, close behind and of the writer’s version', () => {
    expect(verdicts(judge())).toEqual([
      'standby:connected: fine',
      'standby:instance: fine',
      'standby:lag: fine',
      'standby:engine-version: fine',
    ]);
  });

  it.each([
    ['is cut off', { global: global({ state: 'pending-resync' }) }, 'booking-ew3 is pending-resync'],
    ['is the writer', { global: global({ writer: 'eu-west-3' }) }, 'so nothing stands by in eu-west-1'],
    [
      'follows what the service does not write to',
      { global: global({ follows: `${arn('eu-west-1')}-before-pr-1` }) },
      'booking-ew1-before-pr-1, which is not the database that booking writes to',
    ],
    ['has no instance', { global: global({ instances: [] }) }, 'booking-ew3 has 0 available instances'],
    ['is far behind', { lag: lag(61_000) }, 'the standby is 61.0 s behind, at most 60 s is wanted'],
    ['runs another version', { global: global({ version: '17.3' }) }, 'eu-west-1 runs 17.4, eu-west-3 runs 17.3'],
  ])('is a critical finding when it %s', (_when, change, says) => {
    const found = only(notFine(judge(change)));
    expect(found).toMatchObject({ verdict: 'finding', severity: 'critical' });
    expect(found.what).toContain(says);
  });

  it.each([
    ['−1', lag(-1)],
    ['missing', answers(null)],
    ['stale', lag(200, 40)],
    ['not told', silence],
  ])('has an unknown lag, never a small one, when it is %s', (_what, seen) => {
    expect(only(notFine(judge({ lag: seen })))).toMatchObject({ id: 'standby:lag', verdict: 'unknown' });
  });

  it('is unknown where AWS does not tell its state, or a version', () => {
    expect(verdicts(notFine(judge({ global: global({ state: undefined }) })))).toEqual(['standby:connected: unknown']);
    const versions = only(notFine(judge({ writer: answers({}) })));
    expect(versions.what).toContain('no cluster tells its version in eu-west-1');
  });

  it('is unknown where a region does not answer', () => {
    expect(verdicts(notFine(judge({ global: silence })))).toEqual([
      'standby:connected: unknown',
      'standby:instance: unknown',
      'standby:engine-version: unknown',
    ]);
    expect(verdicts(notFine(judge({ writer: silence })))).toEqual(['standby:engine-version: unknown']);
  });
});

describe('the protection of the databases', () => {
  const kmsKey = 'arn:aws:kms:eu-west-1:123456789012:key/1';
  const place = { region: 'eu-west-1', cluster: 'booking-ew1', kmsKey: kmsKey as string | null };
  const instances = (...zones: string[]): DBInstance[] =>
    zones.map((AvailabilityZone) => ({ AvailabilityZone, DBInstanceStatus: 'available' }));
  const judge = (
    change: {
      cluster?: Partial<DBCluster> | null | typeof silence;
      instances?: DBInstance[] | typeof silence;
      key?: Partial<KeyMetadata> | typeof silence;
      declared?: null;
    } = {},
  ) => {
    const declared = 'declared' in change ? { ...place, kmsKey: null } : place;
    const heard = <Value>(value: Value | typeof silence) =>
      value === silence ? silence : answers(value as Exclude<Value, typeof silence>);
    const cluster = change.cluster === undefined ? {} : change.cluster;
    const seen = {
      place: declared,
      cluster:
        cluster === silence
          ? silence
          : answers(
              cluster === null
                ? null
                : { DeletionProtection: true, StorageEncrypted: true, KmsKeyId: kmsKey, ...(cluster as DBCluster) },
            ),
      instances: heard(change.instances ?? instances('eu-west-1a', 'eu-west-1b')),
      key:
        declared.kmsKey === null
          ? null
          : change.key === silence
            ? silence
            : answers({ KeyId: '1', Enabled: true, KeyState: 'Enabled' as const, ...(change.key as object) }),
    };
    const { findings } = outputOf(decide(protection, { clusters: [declared] }, [seen]));
    expectTold(findings);
    return findings;
  };

  it('is fine with deletion protection, two zones, the declared key, and that key enabled', () => {
    expect(verdicts(judge())).toEqual([
      'protection:deletion:eu-west-1: fine',
      'protection:zones:eu-west-1: fine',
      'protection:encryption:eu-west-1: fine',
      'protection:key:eu-west-1: fine',
    ]);
  });

  it('is a finding without deletion protection, with the command that turns it on', () => {
    const found = only(notFine(judge({ cluster: { DeletionProtection: false } })));
    expect(found.what).toBe('deletion protection of booking-ew1 is off');
    expect(found.remedy).toContain('aws rds modify-db-cluster --region eu-west-1');
  });

  it.each([
    ['one instance', instances('eu-west-1a'), '1 available instance in 1 availability zone'],
    ['two in one zone', instances('eu-west-1a', 'eu-west-1a'), '2 available instances in 1 availability zone'],
    [
      'two of which one is not available',
      [...instances('eu-west-1a'), { AvailabilityZone: 'eu-west-1b', DBInstanceStatus: 'failed' }],
      '1 available instance in 1 availability zone',
    ],
  ])('is a finding with %s', (_what, several, says) => {
    expect(only(notFine(judge({ instances: several }))).what).toContain(says);
  });

  it('is a finding without encryption or with another key than declared, unknown without a declaration', () => {
    expect(only(notFine(judge({ cluster: { StorageEncrypted: false } }))).what).toContain('is not encrypted');
    expect(only(notFine(judge({ cluster: { KmsKeyId: 'arn:other' } }))).what).toContain('with arn:other, declared is');
    expect(verdicts(notFine(judge({ declared: null })))).toEqual([
      'protection:encryption:eu-west-1: unknown',
      'protection:key:eu-west-1: unknown',
    ]);
  });

  it.each([
    ['disabled', { Enabled: false, KeyState: 'Disabled' as const }],
    ['about to be deleted', { Enabled: false, KeyState: 'PendingDeletion' as const }],
  ])('is a critical finding when the key is %s', (_what, key) => {
    const found = only(notFine(judge({ key })));
    expect(found).toMatchObject({ severity: 'critical', what: `the key in eu-west-1 is ${key.KeyState}` });
  });

  it('is unknown where the region does not answer, a finding where the cluster is missing', () => {
    const silent = judge({ cluster: silence, instances: silence, key: silence });
    expect(new Set(silent.map((finding) => finding.verdict))).toEqual(new Set(['unknown']));
    expect(verdicts(notFine(judge({ cluster: null })))).toEqual([
      'protection:deletion:eu-west-1: finding',
      'protection:encryption:eu-west-1: finding',
    ]);
  });
});

describe('the parameters of both regions', () => {
  const set = (ParameterName: string, ParameterValue: string): Parameter => ({
    ParameterName,
    ParameterValue,
    Source: 'user',
  });
  const group = (region: string, ...all: Parameter[]) =>
    answers({ region, group: `booking-${region}`, parameters: all });
  const ignored: Parameter = { ParameterName: 'rds.extensions', ParameterValue: 'x', Source: 'system' };
  const clusters = ['eu-west-1', 'eu-west-3'].map((region) => ({ region, cluster: 'booking', kmsKey: null }));
  const judge = (...groups: Parameters<typeof parameters.decide>[1][number][]) => {
    const { findings } = outputOf(decide(parameters, { clusters }, groups));
    expectTold(findings);
    return only(findings);
  };

  it('are fine when what people set is the same, whatever AWS sets', () => {
    expect(judge(group('eu-west-1', set('a', '1'), ignored), group('eu-west-3', set('a', '1'))).verdict).toBe('fine');
  });

  it('are a finding that names every difference with both values', () => {
    const one = group('eu-west-1', set('max_connections', '2000'), set('work_mem', '64MB'), set('same', '1'));
    const other = group('eu-west-3', set('max_connections', '500'), set('same', '1'), set('wal', 'on'));
    const found = judge(one, other);
    expect(found).toMatchObject({ verdict: 'finding' });
    expect(found.what.split('; ')).toEqual([
      'max_connections is 2000 in eu-west-1 and 500 in eu-west-3',
      'wal is at its default in eu-west-1 and on in eu-west-3',
      'work_mem is 64MB in eu-west-1 and at its default in eu-west-3',
    ]);
  });

  it('are alike where one region set by hand what the other has by default', () => {
    const byDefault: Parameter = { ParameterName: 'a', ParameterValue: '1', Source: 'engine-default' };
    expect(judge(group('eu-west-1', set('a', '1')), group('eu-west-3', byDefault)).verdict).toBe('fine');
  });

  it('are unknown where either region does not answer', () => {
    expect(judge(silence, group('eu-west-3'))).toMatchObject({ verdict: 'unknown' });
    expect(judge(silence, silence).what).toContain('no answer in 6 s; RDS in eu-west-1');
  });
});
