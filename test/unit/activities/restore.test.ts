import type { DBCluster, DBClusterSnapshot, DBInstance } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { awaitRestorable } from '../../../activities/restore/await-restorable.ts';
import { checkPlacement } from '../../../activities/restore/check-placement.ts';
import { createInstance } from '../../../activities/restore/create-instance.ts';
import { estimate } from '../../../activities/restore/estimate.ts';
import { fromSnapshot } from '../../../activities/restore/from-snapshot.ts';
import { pointInTime } from '../../../activities/restore/point-in-time.ts';
import { restorableInstant } from '../../../activities/restore/restorable-instant.ts';
import type { MeasuredRestore } from '../../../domain/objective.ts';
import { TAG } from '../../../runbooks/actions/restore/naming.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';

const region = 'eu-west-1';
const executionId = 'pr-20261121-0312-k3';
const name = `${executionId}-db`;
const requestedAt = '2026-11-21T03:02:00.000Z';
const placement = {
  subnetGroup: 'booking-isolated',
  securityGroups: ['sg-b', 'sg-a'],
  parameterGroup: 'booking-aurora-postgresql18',
  kmsKey: 'arn:aws:kms:eu-west-1:123456789012:key/k1',
  instanceClass: 'db.r6g.large',
};
const tags = (more: Readonly<Record<string, string>> = {}) =>
  Object.entries({ [TAG.execution]: executionId, [TAG.requestedAt]: requestedAt, ...more }).map(([Key, Value]) => ({
    Key,
    Value,
  }));
const window = {
  EarliestRestorableTime: new Date('2026-11-14T03:00:00.000Z'),
  LatestRestorableTime: new Date('2026-11-21T03:10:00.000Z'),
};
const ours = (more: Partial<DBCluster> = {}): DBCluster => ({
  DBClusterIdentifier: name,
  DBClusterArn: `arn:aws:rds:eu-west-1:123456789012:cluster:${name}`,
  Status: 'available',
  TagList: tags(),
  ...window,
  ...more,
});
const inputOf = (call: { input: unknown }) => call.input as Readonly<Record<string, unknown>>;

describe('restoring to an instant', () => {
  const input = {
    region,
    sourceCluster: 'booking-ew1',
    restoreTo: '2026-11-21T03:00:00.123Z',
    executionId,
    placement,
  };
  const source: DBCluster = { DBClusterArn: 'arn:aws:rds:eu-west-1:123456789012:cluster:booking-ew1' };
  const see = (cluster: DBCluster | null, from: DBCluster | null = source) => ({ cluster, source: from });

  it('asks for a full copy that leaves nothing to AWS’s defaults, tagged as its own', () => {
    const calls = callsOf(decide(pointInTime, input, see(null)));
    expect(calls).toEqual([
      {
        service: 'rds',
        operation: 'RestoreDBClusterToPointInTime',
        region,
        target: `booking-ew1 at ${input.restoreTo} → ${name}`,
        input: {
          DBClusterIdentifier: name,
          SourceDBClusterIdentifier: 'booking-ew1',
          RestoreType: 'full-copy',
          RestoreToTime: input.restoreTo,
          DBSubnetGroupName: 'booking-isolated',
          VpcSecurityGroupIds: ['sg-b', 'sg-a'],
          DBClusterParameterGroupName: 'booking-aurora-postgresql18',
          KmsKeyId: placement.kmsKey,
          DeletionProtection: false,
          CopyTagsToSnapshot: true,
          Tags: [
            { Key: TAG.execution, Value: executionId },
            { Key: TAG.service, Value: 'booking' },
            { Key: TAG.kind, Value: 'restore' },
            { Key: TAG.requestedAt, Value: OBSERVED_AT },
          ],
        },
      },
    ]);
    expectDeclared(pointInTime, calls);
  });

  it('predicts name and ARN, so that a dry run can go on', () => {
    expect(decide(pointInTime, input, see(null), null, { mode: 'dry_run' })).toMatchObject({
      predicted: { cluster: name, clusterArn: `arn:aws:rds:eu-west-1:123456789012:cluster:${name}` },
    });
  });

  it('takes over what AWS would not: IAM login and serverless capacity', () => {
    const [call] = callsOf(
      decide(
        pointInTime,
        input,
        see(null, {
          ...source,
          IAMDatabaseAuthenticationEnabled: true,
          ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 },
        }),
      ),
    );
    expect(inputOf(call!)).toMatchObject({
      EnableIAMDatabaseAuthentication: true,
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 },
    });
  });

  it('names no key where storage is not encrypted', () => {
    const { kmsKey: _, ...withoutKey } = placement;
    const [call] = callsOf(decide(pointInTime, { ...input, placement: withoutKey }, see(null)));
    expect(inputOf(call!)).not.toHaveProperty('KmsKeyId');
  });

  it('protects and tags what is to stay as kept', () => {
    const [call] = callsOf(decide(pointInTime, { ...input, keep: true }, see(null)));
    expect(inputOf(call!)).toMatchObject({
      DeletionProtection: true,
      Tags: expect.arrayContaining([{ Key: TAG.kind, Value: 'keep' }]),
    });
  });

  it('finds what a call made whose answer was lost, and counts from when that call was decided on', () => {
    expect(outputOf(decide(pointInTime, input, see(ours(), null)))).toEqual({
      cluster: name,
      clusterArn: ours().DBClusterArn,
      restoreRequestedAt: requestedAt,
      restoredAt: OBSERVED_AT,
    });
  });

  it('is not done while AWS shows no restorable times: they are empty until the restore is complete', () => {
    const { EarliestRestorableTime: _, LatestRestorableTime: __, ...incomplete } = ours();
    expect(waitOf(decide(pointInTime, input, see(incomplete, null)))).toContain('shows no restorable times');
    expect(waitOf(decide(pointInTime, input, see({ ...incomplete, ...window, Status: 'creating' }, null)))).toContain(
      'creating',
    );
  });

  it('waits, and asks no second time, while what it asked for is not to be seen', () => {
    const [made] = callsOf(decide(pointInTime, input, see(null)));
    expect(waitOf(decide(pointInTime, input, see(null), acted([made!])))).toContain('not to be seen yet');
  });

  it.each(['failed', 'incompatible-restore', 'inaccessible-encryption-credentials', 'deleting'])(
    'refuses a restore that ended as %s, with that word',
    (Status) => {
      expect(refusalOf(decide(pointInTime, input, see(ours({ Status }), null)))).toMatchObject({
        code: 'DR_RESTORE_FAILED',
        actual: Status,
      });
    },
  );

  it.each([
    ['no tags', []],
    ['another execution’s tag', tags({ [TAG.execution]: 'pr-20261121-0312-zz' })],
  ])('leaves a cluster of that name with %s alone', (_, TagList) => {
    expect(refusalOf(decide(pointInTime, input, see(ours({ TagList }), null))).code).toBe('DR_NAME_TAKEN');
  });

  it('refuses to restore a source that is not there', () => {
    expect(refusalOf(decide(pointInTime, input, see(null, null)))).toMatchObject({
      code: 'DR_RESTORE_FAILED',
      expected: 'booking-ew1',
    });
  });
});

describe('restoring from a snapshot', () => {
  const input = { region, snapshot: 'sc-1-copy-1', executionId, keep: false, placement };
  const snapshot: DBClusterSnapshot = {
    Status: 'available',
    Engine: 'aurora-postgresql',
    DBClusterSnapshotArn: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:sc-1-copy-1',
  };
  const see = (cluster: DBCluster | null, found: DBClusterSnapshot | null = snapshot) => ({ cluster, snapshot: found });

  it('asks with the snapshot’s engine, the placement declared, and a tag that says what it came from', () => {
    const calls = callsOf(decide(fromSnapshot, input, see(null)));
    expect(calls).toHaveLength(1);
    expect(inputOf(calls[0]!)).toMatchObject({
      DBClusterIdentifier: name,
      SnapshotIdentifier: 'sc-1-copy-1',
      Engine: 'aurora-postgresql',
      DBSubnetGroupName: 'booking-isolated',
      DBClusterParameterGroupName: 'booking-aurora-postgresql18',
      KmsKeyId: placement.kmsKey,
      DeletionProtection: false,
      Tags: expect.arrayContaining([
        { Key: TAG.kind, Value: 'restore' },
        { Key: TAG.restoredFrom, Value: 'sc-1-copy-1' },
      ]),
    });
    expectDeclared(fromSnapshot, calls);
  });

  it('gives what is kept the name asked for, protected', () => {
    const [call] = callsOf(decide(fromSnapshot, { ...input, keep: true, cluster: 'booking-ew3' }, see(null)));
    expect(inputOf(call!)).toMatchObject({
      DBClusterIdentifier: 'booking-ew3',
      DeletionProtection: true,
      Tags: expect.arrayContaining([{ Key: TAG.kind, Value: 'keep' }]),
    });
  });

  it('is done when the cluster is available', () => {
    const { EarliestRestorableTime: _, LatestRestorableTime: __, ...cluster } = ours();
    expect(outputOf(decide(fromSnapshot, input, see(cluster, null))).cluster).toBe(name);
  });

  it('refuses a name that something else has, even where the service expects its own', () => {
    const error = refusalOf(
      decide(fromSnapshot, { ...input, keep: true, cluster: 'booking-ew3' }, see(ours({ TagList: [] }), null)),
    );
    expect(error).toMatchObject({ code: 'DR_NAME_TAKEN', field: 'cluster booking-ew3' });
  });

  it('refuses a missing or failed snapshot, and waits for one under way', () => {
    expect(refusalOf(decide(fromSnapshot, input, see(null, null))).code).toBe('DR_SNAPSHOT_MISSING');
    expect(refusalOf(decide(fromSnapshot, input, see(null, { ...snapshot, Status: 'failed' })))).toMatchObject({
      code: 'DR_SNAPSHOT_MISSING',
      actual: 'failed',
    });
    const waiting = decide(fromSnapshot, input, see(null, { ...snapshot, Status: 'copying' }));
    expect(waitOf(waiting)).toContain('copying');
    expect(waiting).toMatchObject({ calls: [{ operation: 'RestoreDBClusterFromSnapshot' }] });
  });

  it('names its call in a dry run although the copy is still to come', () => {
    const decision = decide(fromSnapshot, input, see(null, null), null, { mode: 'dry_run' });
    expect(decision).toMatchObject({ kind: 'wait', calls: [{ operation: 'RestoreDBClusterFromSnapshot' }] });
    expect(decision).toHaveProperty('predicted.cluster', name);
  });

  it('asks no second time while the cluster is not to be seen', () => {
    expect(waitOf(decide(fromSnapshot, input, see(null), acted([])))).toContain('not to be seen yet');
  });
});

describe('creating the instance', () => {
  const instanceName = `${executionId}-db-1`;
  const input = { region, cluster: name, executionId, instanceClass: 'db.r6g.large', keep: false };
  const cluster = ours({ Endpoint: 'restored.example.com', Port: 5433, Engine: 'aurora-postgresql' });
  const instance: DBInstance = {
    DBInstanceIdentifier: instanceName,
    DBClusterIdentifier: name,
    DBInstanceStatus: 'available',
    TagList: tags(),
  };

  it('asks for one that cannot be reached from outside, tagged', () => {
    const calls = callsOf(decide(createInstance, input, { cluster, instance: null }));
    expect(inputOf(calls[0]!)).toMatchObject({
      DBInstanceIdentifier: instanceName,
      DBClusterIdentifier: name,
      DBInstanceClass: 'db.r6g.large',
      Engine: 'aurora-postgresql',
      PubliclyAccessible: false,
      Tags: expect.arrayContaining([{ Key: TAG.execution, Value: executionId }]),
    });
    expectDeclared(createInstance, calls);
  });

  it('is done when both are available, with where to connect', () => {
    expect(outputOf(decide(createInstance, input, { cluster, instance }))).toEqual({
      cluster: name,
      instance: instanceName,
      endpoint: 'restored.example.com',
      port: 5433,
      instanceAvailableAt: OBSERVED_AT,
    });
  });

  it('waits for the instance, for the cluster, and for what it asked for', () => {
    const creating = { ...instance, DBInstanceStatus: 'creating' };
    expect(waitOf(decide(createInstance, input, { cluster, instance: creating }))).toContain('creating');
    expect(waitOf(decide(createInstance, input, { cluster: { ...cluster, Status: 'modifying' }, instance }))).toContain(
      'modifying',
    );
    expect(
      waitOf(decide(createInstance, input, { cluster: { ...cluster, Status: 'creating' }, instance: null })),
    ).toContain('creating');
    expect(waitOf(decide(createInstance, input, { cluster, instance: null }, acted([])))).toContain('not to be seen');
  });

  it('refuses a broken or missing cluster, and a broken instance', () => {
    const codes = [
      decide(createInstance, input, { cluster: null, instance: null }),
      decide(createInstance, input, { cluster: { ...cluster, Status: 'failed' }, instance: null }),
      decide(createInstance, input, { cluster, instance: { ...instance, DBInstanceStatus: 'incompatible-network' } }),
    ].map((decision) => refusalOf(decision).code);
    expect(codes).toEqual(['DR_RESTORE_FAILED', 'DR_RESTORE_FAILED', 'DR_RESTORE_FAILED']);
  });

  it('puts no instance into a cluster that is not its own, and takes none for its own that is not', () => {
    const codes = [
      decide(createInstance, input, { cluster: { ...cluster, TagList: [] }, instance: null }),
      decide(createInstance, input, { cluster, instance: { ...instance, TagList: [] } }),
      decide(createInstance, input, { cluster, instance: { ...instance, DBClusterIdentifier: 'booking-ew1' } }),
    ].map((decision) => refusalOf(decision).code);
    expect(codes).toEqual(['DR_NAME_TAKEN', 'DR_NAME_TAKEN', 'DR_NAME_TAKEN']);
  });

  it('names its call in a dry run although the cluster is still to come', () => {
    const decision = decide(createInstance, input, { cluster: null, instance: null }, null, { mode: 'dry_run' });
    expect(decision).toMatchObject({ kind: 'wait', calls: [{ operation: 'CreateDBInstance' }] });
  });
});

describe('checking where it stands', () => {
  const input = { region, cluster: name, executionId, placement };
  const standing = ours({
    DBSubnetGroup: 'booking-isolated',
    VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-a' }, { VpcSecurityGroupId: 'sg-b' }],
    DBClusterParameterGroup: 'booking-aurora-postgresql18',
    KmsKeyId: placement.kmsKey,
    StorageEncrypted: true,
  });

  it('is done when everything is as declared, in whatever order groups are listed', () => {
    expect(outputOf(decide(checkPlacement, input, standing))).toEqual({
      subnetGroup: 'booking-isolated',
      securityGroups: ['sg-a', 'sg-b'],
      parameterGroup: 'booking-aurora-postgresql18',
      kmsKey: placement.kmsKey,
      encrypted: true,
    });
  });

  it.each<[string, Partial<DBCluster>, string]>([
    ['the default subnet group', { DBSubnetGroup: 'default' }, 'subnet group default, declared booking-isolated'],
    [
      'the default security group',
      { VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-default' }] },
      'security groups sg-default, declared sg-a, sg-b',
    ],
    [
      'one security group too many',
      { VpcSecurityGroups: ['sg-a', 'sg-b', 'sg-c'].map((VpcSecurityGroupId) => ({ VpcSecurityGroupId })) },
      'security groups sg-a, sg-b, sg-c',
    ],
    [
      'the default parameter group',
      { DBClusterParameterGroup: 'default.aurora-postgresql18' },
      'parameter group default.aurora-postgresql18',
    ],
    ['another key', { KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/k2' }, 'key/k2, declared'],
    ['no encryption', { StorageEncrypted: false }, 'storage not encrypted, declared encrypted'],
    ['no tag', { TagList: [] }, `tag ${TAG.execution} none`],
  ])('refuses %s, naming the difference', (_, change, says) => {
    const error = refusalOf(decide(checkPlacement, input, { ...standing, ...change }));
    expect(error.code).toBe('DR_RESTORE_MISPLACED');
    expect(error.message).toContain(says);
    expect(error.actual).toHaveLength(1);
  });

  it('names every difference at once', () => {
    const { message } = refusalOf(
      decide(checkPlacement, input, { ...standing, DBSubnetGroup: 'default', StorageEncrypted: false }),
    );
    expect(message).toContain('subnet group default');
    expect(message).toContain('storage not encrypted');
  });

  it('refuses a cluster that is gone, and predicts one that is still to come', () => {
    expect(refusalOf(decide(checkPlacement, input, null)).code).toBe('DR_RESTORE_FAILED');
    expect(decide(checkPlacement, input, null, null, { mode: 'dry_run' })).toMatchObject({
      kind: 'wait',
      predicted: { subnetGroup: 'booking-isolated', encrypted: true },
    });
  });
});

describe('an instant as a restore call takes it', () => {
  it.each([
    ['2026-11-21T03:12:07.412345Z', '2026-11-21T03:12:07.413Z'],
    ['2026-11-21T03:12:07.412000Z', '2026-11-21T03:12:07.412Z'],
    ['2026-11-21T03:12:07.999001Z', '2026-11-21T03:12:08.000Z'],
    ['2026-11-21T03:12:07.4Z', '2026-11-21T03:12:07.400Z'],
    ['2026-11-21T03:12:07Z', '2026-11-21T03:12:07.000Z'],
    ['2026-11-21T04:12:07.0000001+01:00', '2026-11-21T03:12:07.001Z'],
  ])('rounds %s up to %s: what was committed by then is not cut off', (asked, sent) => {
    expect(restorableInstant(asked)).toBe(sent);
  });

  it('is none when the text is none', () => {
    expect(restorableInstant('last Tuesday')).toBeNull();
  });
});

describe('waiting until the instant can be restored', () => {
  const input = { region, cluster: 'booking-ew1', restoreTo: '2026-11-21T03:09:59.999500Z' };
  const source: DBCluster = { BackupRetentionPeriod: 7, ...window };
  const firstLook = { at: '2026-11-21T03:08:00.000Z', latest: '2026-11-21T03:04:00.000Z' };
  const see = (cluster: DBCluster | null, look: typeof firstLook | null = firstLook) => ({ cluster, firstLook: look });

  it('is done only when the latest restorable instant lies behind the wanted one, rounded up', () => {
    expect(waitOf(decide(awaitRestorable, input, see(source)))).toContain('0.0 s before what is wanted');
    const later = { ...source, LatestRestorableTime: new Date('2026-11-21T03:10:00.001Z') };
    expect(outputOf(decide(awaitRestorable, input, see(later)))).toEqual({
      restoreTo: '2026-11-21T03:10:00.000Z',
      earliestAt: '2026-11-14T03:00:00.000Z',
      latestAt: '2026-11-21T03:10:00.001Z',
      firstLookAt: firstLook.at,
      latestAtFirstLook: firstLook.latest,
    });
  });

  it('waits, with the reason, while no backup is complete', () => {
    expect(waitOf(decide(awaitRestorable, input, see({ BackupRetentionPeriod: 7 }, null)))).toContain(
      'no backup of it is complete',
    );
  });

  it('refuses an instant older than the window, saying how far the window goes', () => {
    const error = refusalOf(decide(awaitRestorable, { ...input, restoreTo: '2026-11-14T02:59:59.999Z' }, see(source)));
    expect(error.code).toBe('DR_RESTORE_OUTSIDE_WINDOW');
    expect(error.message).toContain('from 2026-11-14T03:00:00.000Z to 2026-11-21T03:10:00.000Z');
  });

  it('takes the oldest instant of the window itself', () => {
    expect(
      outputOf(decide(awaitRestorable, { ...input, restoreTo: '2026-11-14T03:00:00Z' }, see(source))).restoreTo,
    ).toBe('2026-11-14T03:00:00.000Z');
  });

  it('refuses where backups are off, or no cluster is', () => {
    expect(refusalOf(decide(awaitRestorable, input, see({ BackupRetentionPeriod: 0 }))).code).toBe('DR_BACKUPS_OFF');
    expect(refusalOf(decide(awaitRestorable, input, see(null))).message).toContain('is not in eu-west-1');
  });

  it('refuses what is no instant', () => {
    expect(refusalOf(decide(awaitRestorable, { ...input, restoreTo: 'yesterday' }, see(source)))).toMatchObject({
      code: 'DR_INPUT_INVALID',
      field: 'restoreTo',
    });
  });
});

describe('estimating a restore', () => {
  const GB = 1024 ** 3;
  const MB = 1024 ** 2;
  const past = (...rates: (number | null)[]): MeasuredRestore[] =>
    rates.map((bytesPerSecond) => ({ bytesPerSecond }) as MeasuredRestore);
  const about = { region, sizeBytes: 500 * GB, objectiveSeconds: 900, objectiveName: 'RTO' };

  it('divides the size by the median rate, and warns in numbers when the objective cannot be met', () => {
    const output = outputOf(decide(estimate, about, past(100 * MB, 90 * MB, 400 * MB, null)));
    expect(output).toMatchObject({
      bytesPerSecond: 100 * MB,
      restoresMeasured: 3,
      predictedSeconds: 5_120,
      meetsObjective: false,
    });
    expect(output.warnings).toEqual([
      'a 500 GB restore at 100 MB/s takes 85 min; your RTO is 15 min: keep a warm standby',
    ]);
  });

  it('takes the mean of the middle two of an even number', () => {
    expect(outputOf(decide(estimate, about, past(10, 40, 20, 100))).bytesPerSecond).toBe(30);
  });

  it('says nothing more when the objective is met, exactly too', () => {
    expect(outputOf(decide(estimate, { ...about, sizeBytes: 900 * MB }, past(MB)))).toMatchObject({
      predictedSeconds: 900,
      meetsObjective: true,
      warnings: [],
    });
  });

  it('says that nothing is known without a past restore or a size, and never takes that for a promise', () => {
    const unmeasured = outputOf(decide(estimate, about, past(null)));
    expect(unmeasured).toMatchObject({ bytesPerSecond: null, predictedSeconds: null, meetsObjective: null });
    expect(unmeasured.warnings).toEqual([expect.stringContaining('nobody knows how long one takes')]);
    const sizeless = outputOf(decide(estimate, { ...about, sizeBytes: null }, past(MB)));
    expect(sizeless).toMatchObject({ predictedSeconds: null, meetsObjective: null });
    expect(sizeless.warnings).toEqual([expect.stringContaining('nothing says how large')]);
  });

  it('judges nothing where there is no objective', () => {
    expect(outputOf(decide(estimate, { ...about, objectiveSeconds: null }, past(MB)))).toMatchObject({
      meetsObjective: null,
      warnings: [],
    });
  });
});
