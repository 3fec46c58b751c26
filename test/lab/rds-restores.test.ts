import * as rds from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { clusterArn, kmsKeyArn, otherKmsKeyArn } from '../../lab/topology.ts';
import {
  backups,
  clusterIs,
  clusterNamed,
  INSIDE,
  PLACED,
  restore,
  restored,
  snapshotArn,
  taken,
  useBackedTwin,
} from './rds-backups-harness.ts';
import {
  client,
  eventsIn,
  IRELAND,
  PARIS,
  PATIENT,
  QUICK,
  refusal,
  setDurations,
  twin,
  UNENDING,
  whenSaid,
} from './rds-twin-harness.ts';

useBackedTwin();

describe('a restore to a point in time', () => {
  it('takes time, and shows restorable times only after it is available and really complete', async () => {
    let finish = (): void => undefined;
    backups.before = () => new Promise((resolve) => (finish = resolve));
    // Once it is available, what is still to be settled does not end in this test.
    whenSaid('drill-db restored', () => setDurations(UNENDING));
    expect(await restore()).toMatchObject({ Status: 'creating', DBClusterMembers: [] });
    expect((await clusterNamed('drill-db'))?.Status).toBe('creating');
    finish();
    await clusterIs('drill-db', 'available');
    expect((await clusterNamed('drill-db'))?.LatestRestorableTime).toBeUndefined();
    setDurations(QUICK);
    backups.before = async () => undefined;
    await restore({ DBClusterIdentifier: 'drill-2' });
    const restorable = async () => (await clusterNamed('drill-2'))?.LatestRestorableTime !== undefined;
    await waitUntil('drill-2 is complete', restorable, PATIENT);
    expect((await clusterNamed('drill-2'))?.Status).toBe('available');
  });

  it('goes to the millisecond asked for, or to the latest restorable time there is', async () => {
    await restore();
    await restore({ DBClusterIdentifier: 'drill-latest', UseLatestRestorableTime: true });
    expect(backups.asked).toContain(`restore eu-west-1 ${INSIDE.toISOString()} → drill-db`);
    expect(backups.asked).toContain('restore eu-west-1 2026-11-21T11:00:00.500Z → drill-latest');
  });

  it('stands in AWS’s default groups where none are named, with the source’s key and unprotected', async () => {
    expect(await restore()).toMatchObject({
      DBSubnetGroup: 'default',
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-00000000000default', Status: 'active' }],
      DBClusterParameterGroup: 'default.aurora-postgresql18',
      StorageEncrypted: true,
      KmsKeyId: kmsKeyArn(IRELAND),
      DeletionProtection: false,
      BackupRetentionPeriod: 7,
      TagList: [],
    });
  });

  it('stands where it was asked to, with its tags, under its own endpoint and outside the global cluster', async () => {
    const Tags = [{ Key: 'lifeboat:execution', Value: 'drill' }];
    const cluster = await restore({ ...PLACED, KmsKeyId: otherKmsKeyArn(IRELAND), DeletionProtection: true, Tags });
    expect(cluster).toMatchObject({
      DBClusterArn: 'arn:aws:rds:eu-west-1:123456789012:cluster:drill-db',
      Endpoint: 'drill-db.cluster.lab.test',
      ReaderEndpoint: 'drill-db.cluster-ro.lab.test',
      Port: 25_001,
      DBSubnetGroup: 'booking-isolated',
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0000000000000iso1', Status: 'active' }],
      DBClusterParameterGroup: 'booking-aurora-postgresql18',
      KmsKeyId: otherKmsKeyArn(IRELAND),
      DeletionProtection: true,
      TagList: Tags,
    });
    expect(cluster.GlobalClusterIdentifier).toBeUndefined();
    expect(cluster.DbClusterResourceId).toMatch(/^cluster-/);
    const ResourceName = cluster.DBClusterArn!;
    await client(IRELAND).send(new rds.AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'b', Value: '2' }] }));
    const listed = await client(IRELAND).send(new rds.ListTagsForResourceCommand({ ResourceName }));
    expect(listed.TagList).toEqual([...Tags, { Key: 'b', Value: '2' }]);
  });

  it('is refused outside the window at either end, and where nothing can be restored yet', async () => {
    const at = (time: string) => refusal(restore({ RestoreToTime: new Date(time) }));
    expect(await at('2026-11-21T09:59:59.999Z')).toBe('InvalidRestoreFault');
    expect(await at('2026-11-21T11:00:00.501Z')).toBe('InvalidRestoreFault');
    backups.restorable = null;
    expect(await refusal(restore())).toBe('InvalidRestoreFault');
    expect(await clusterNamed('drill-db')).toBeUndefined();
  });

  it.each([
    [
      'both a time and the latest',
      { RestoreToTime: INSIDE, UseLatestRestorableTime: true },
      'InvalidParameterCombination',
    ],
    ['neither a time nor the latest', { UseLatestRestorableTime: false }, 'InvalidParameterCombination'],
    ['a source that is not there', { SourceDBClusterIdentifier: 'nobody' }, 'DBClusterNotFoundFault'],
    ['a source of another region', { SourceDBClusterIdentifier: clusterArn(PARIS) }, 'DBClusterNotFoundFault'],
    ['the name of a member', { DBClusterIdentifier: 'booking-eu-west-1' }, 'DBClusterAlreadyExistsFault'],
    ['a name that ends with a hyphen', { DBClusterIdentifier: 'drill-' }, 'InvalidParameterValue'],
    ['a name that is too long', { DBClusterIdentifier: `d${'x'.repeat(63)}` }, 'InvalidParameterValue'],
    ['a subnet group that is not there', { DBSubnetGroupName: 'nowhere' }, 'DBSubnetGroupNotFoundFault'],
    ['a security group that is not there', { VpcSecurityGroupIds: ['sg-1'] }, 'InvalidParameterValue'],
    [
      'a parameter group that is not there',
      { DBClusterParameterGroupName: 'x' },
      'DBClusterParameterGroupNotFoundFault',
    ],
    ['a key of another region', { KmsKeyId: kmsKeyArn(PARIS) }, 'KMSKeyNotAccessibleFault'],
    ['reserved tags', { Tags: [{ Key: 'aws:x', Value: 'y' }] }, 'InvalidParameterValue'],
    ['another port than the lab has', { Port: 5_432 }, 'InvalidParameterValue'],
  ])('is refused with %s', async (_, input, code) => {
    expect(await refusal(restore(input))).toBe(code);
    expect(backups.asked.filter((line) => line.startsWith('restore'))).toEqual([]);
  });

  it('is refused for a name that a restore has, even one that began in the same moment', async () => {
    const outcomes = await Promise.all([refusal(restore()), refusal(restore())]);
    expect(outcomes.toSorted()).toEqual(['DBClusterAlreadyExistsFault', 'not refused']);
  });

  it('is refused while the source’s key is disabled', async () => {
    twin.keys.disable(kmsKeyArn(IRELAND));
    expect(await refusal(restore())).toBe('KMSKeyNotAccessibleFault');
    twin.keys.enable(kmsKeyArn(IRELAND));
    await restore();
  });

  it('that fails shows failed, says why in the events, and can be deleted', async () => {
    backups.before = () => Promise.reject(new Error('segment 000000010000000000000007 is not in the archive'));
    await restore();
    await clusterIs('drill-db', 'failed');
    expect((await eventsIn(IRELAND, { SourceType: 'db-cluster', SourceIdentifier: 'drill-db' }))[0]).toMatch(
      /failed: segment 000000010000000000000007 is not in the archive/,
    );
    await client(IRELAND).send(
      new rds.DeleteDBClusterCommand({ DBClusterIdentifier: 'drill-db', SkipFinalSnapshot: true }),
    );
    await clusterIs('drill-db', undefined);
  });

  it('can be told to come out wrong once: default security group, other key', async () => {
    twin.faults.placements.next({ kind: 'ignore-security-groups' });
    twin.faults.placements.next({ kind: 'wrong-key', kmsKey: otherKmsKeyArn(IRELAND) });
    expect(await restore(PLACED)).toMatchObject({
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-00000000000default' }],
      KmsKeyId: otherKmsKeyArn(IRELAND),
      DBSubnetGroup: 'booking-isolated',
    });
    expect(await restore({ ...PLACED, DBClusterIdentifier: 'drill-2' })).toMatchObject({
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0000000000000iso1' }],
      KmsKeyId: kmsKeyArn(IRELAND),
    });
  });

  it('of a restored cluster is refused: nothing archives what it writes', async () => {
    await restored();
    expect(await refusal(restore({ DBClusterIdentifier: 'other', SourceDBClusterIdentifier: 'drill-db' }))).toBe(
      'InvalidRestoreFault',
    );
  });
});

describe('a restore from a snapshot', () => {
  const fromSnapshot = (input: Partial<rds.RestoreDBClusterFromSnapshotCommandInput> = {}, region = IRELAND) =>
    client(region as typeof IRELAND).send(
      new rds.RestoreDBClusterFromSnapshotCommand({
        DBClusterIdentifier: 'drill-db',
        SnapshotIdentifier: 'before',
        Engine: 'aurora-postgresql',
        ...input,
      }),
    );

  beforeEach(() => taken('before'));

  it('becomes a cluster in the default groups under the snapshot’s key, by name or by ARN', async () => {
    const { DBCluster } = await fromSnapshot();
    expect(DBCluster).toMatchObject({
      DBSubnetGroup: 'default',
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-00000000000default' }],
      KmsKeyId: kmsKeyArn(IRELAND),
    });
    await clusterIs('drill-db', 'available');
    await fromSnapshot({ DBClusterIdentifier: 'drill-2', SnapshotIdentifier: snapshotArn(IRELAND, 'before') });
    expect(backups.asked).toContain('restore before → eu-west-1 drill-db');
  });

  it('is refused for a snapshot that is missing, of another region, or not available, and for another engine', async () => {
    expect(await refusal(fromSnapshot({ SnapshotIdentifier: 'nobody' }))).toBe('DBClusterSnapshotNotFoundFault');
    const elsewhere = fromSnapshot({ SnapshotIdentifier: snapshotArn(IRELAND, 'before') }, PARIS as typeof IRELAND);
    expect(await refusal(elsewhere)).toBe('DBClusterSnapshotNotFoundFault');
    expect(await refusal(fromSnapshot({ Engine: 'aurora-mysql' }))).toBe('InvalidParameterCombination');
    backups.before = () => new Promise(() => undefined);
    const input = { DBClusterSnapshotIdentifier: 'now', DBClusterIdentifier: 'booking-eu-west-1' };
    await client(IRELAND).send(new rds.CreateDBClusterSnapshotCommand(input));
    expect(await refusal(fromSnapshot({ SnapshotIdentifier: 'now' }))).toBe('InvalidDBClusterSnapshotStateFault');
  });
});
