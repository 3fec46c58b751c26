import type { DBCluster, DBClusterSnapshot, DBInstance } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { checkPlacement } from '../../../activities/restore/check-placement.ts';
import { createInstance } from '../../../activities/restore/create-instance.ts';
import { fromSnapshot } from '../../../activities/restore/from-snapshot.ts';
import { pointInTime } from '../../../activities/restore/point-in-time.ts';
import { TAG } from '../../../runbooks/actions/restore/naming.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';
import { executionId, name, ours, placement, region, requestedAt, tags, window } from './a-restored-cluster.ts';

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
