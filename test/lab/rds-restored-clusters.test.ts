import * as rds from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterArn } from '../../lab/topology.ts';
import {
  backups,
  clusterIs,
  clusterNamed,
  createInstance,
  deleteCluster,
  deleteInstance,
  instanceIs,
  instanceNamed,
  modify,
  restore,
  restored,
  useBackedTwin,
} from './rds-backups-harness.ts';
import {
  client,
  clusterIn,
  globalIn,
  IRELAND,
  logged,
  PARIS,
  refusal,
  setDurations,
  start,
  twin,
  UNENDING,
} from './rds-twin-harness.ts';

useBackedTwin();

describe('an instance of a restored cluster', () => {
  beforeEach(() => restored());

  it('starts the cluster’s server behind an address of its own, and is then its writer', async () => {
    const Tags = [{ Key: 'lifeboat:execution', Value: 'drill' }];
    const created = await createInstance({ Tags });
    expect(created.DBInstance).toMatchObject({ DBInstanceStatus: 'creating', TagList: Tags });
    expect(created.DBInstance!.Endpoint).toBeUndefined();
    await instanceIs('drill-db-1', 'available');
    expect(backups.asked.slice(-2)).toEqual(['open drill-db', 'start drill-db at 127.0.1.121']);
    expect(await instanceNamed('drill-db-1')).toMatchObject({
      DBClusterIdentifier: 'drill-db',
      Endpoint: { Address: 'drill-db.cluster.lab.test', Port: 25_001 },
      DBInstanceClass: 'db.r6g.large',
    });
    expect((await clusterNamed('drill-db'))!.DBClusterMembers).toMatchObject([
      { DBInstanceIdentifier: 'drill-db-1', IsClusterWriter: true },
    ]);
    expect(logged().find(({ operation }) => operation === 'CreateDBInstance')?.target).toBe('drill-db-1');
  });

  it.each([
    ['without a cluster', { DBClusterIdentifier: undefined }, 'InvalidParameterCombination'],
    ['of a cluster that is not there', { DBClusterIdentifier: 'nobody' }, 'DBClusterNotFoundFault'],
    ['of another engine', { Engine: 'postgres' }, 'InvalidParameterCombination'],
    ['of no class', { DBInstanceClass: 'large' }, 'InvalidParameterValue'],
    ['with a master user', { MasterUsername: 'me' }, 'InvalidParameterCombination'],
    ['of a member that has its own', { DBClusterIdentifier: 'booking-eu-west-1' }, 'InstanceQuotaExceededFault'],
    ['under the name of another', { DBInstanceIdentifier: 'booking-eu-west-1-1' }, 'DBInstanceAlreadyExistsFault'],
  ])('is refused %s', async (_, input, code) => {
    expect(await refusal(createInstance(input as Partial<rds.CreateDBInstanceCommandInput>))).toBe(code);
  });

  it('is refused before the cluster is available, and beside another', async () => {
    backups.before = () => new Promise(() => undefined);
    await restore({ DBClusterIdentifier: 'slow-db' });
    expect(await refusal(createInstance({ DBClusterIdentifier: 'slow-db' }))).toBe('InvalidDBClusterStateFault');
    await createInstance();
    expect(await refusal(createInstance())).toBe('DBInstanceAlreadyExistsFault');
    expect(await refusal(createInstance({ DBInstanceIdentifier: 'drill-db-2' }))).toBe('InstanceQuotaExceededFault');
    expect(await refusal(deleteInstance('drill-db-1'))).toBe('InvalidDBInstanceStateFault');
  });

  it('that cannot start shows failed and can be deleted', async () => {
    backups.before = () => Promise.reject(new Error('no such folder'));
    await createInstance();
    await instanceIs('drill-db-1', 'failed');
    backups.before = async () => undefined;
    await deleteInstance('drill-db-1');
    await instanceIs('drill-db-1', undefined);
  });

  it('takes server and address with it when it is deleted', async () => {
    await createInstance();
    await instanceIs('drill-db-1', 'available');
    expect(await refusal(deleteInstance('drill-db-1', { FinalDBSnapshotIdentifier: 'last' }))).toBe(
      'InvalidParameterCombination',
    );
    expect((await deleteInstance('drill-db-1')).DBInstance!.DBInstanceStatus).toBe('deleting');
    await instanceIs('drill-db-1', undefined);
    expect(backups.asked.slice(-2)).toEqual(['stop drill-db', 'close drill-db']);
    expect(await refusal(deleteInstance('drill-db-1'))).toBe('DBInstanceNotFoundFault');
    await createInstance();
  });

  it('shows as unavailable while its region is lost', async () => {
    await createInstance();
    await instanceIs('drill-db-1', 'available');
    twin.markLost(IRELAND);
    expect((await instanceNamed('drill-db-1'))?.DBInstanceStatus).toBe('unavailable');
  });

  it('of a member is not deleted', async () => {
    expect(await refusal(deleteInstance('booking-eu-west-1-1'))).toBe('InvalidDBClusterStateFault');
  });
});

describe('deleting a cluster', () => {
  it('waits for its instance that is being deleted, then removes its files, its name and its tags', async () => {
    await restored();
    await createInstance();
    await instanceIs('drill-db-1', 'available');
    expect(await refusal(deleteCluster('drill-db'))).toBe('InvalidDBClusterStateFault');
    await deleteInstance('drill-db-1');
    expect((await deleteCluster('drill-db')).DBCluster!.Status).toBe('deleting');
    await clusterIs('drill-db', undefined);
    expect(await instanceNamed('drill-db-1')).toBeUndefined();
    expect(backups.asked.slice(-1)).toEqual(['remove drill-db']);
    const ResourceName = 'arn:aws:rds:eu-west-1:123456789012:cluster:drill-db';
    const tags = client(IRELAND).send(new rds.ListTagsForResourceCommand({ ResourceName }));
    expect(await refusal(tags)).toBe('DBClusterNotFoundFault');
    expect(await refusal(deleteCluster('drill-db'))).toBe('DBClusterNotFoundFault');
  });

  it('needs to be told about a final snapshot, in one way and not in both', async () => {
    await restored();
    const FinalDBSnapshotIdentifier = 'last';
    expect(await refusal(deleteCluster('drill-db', { SkipFinalSnapshot: false }))).toBe('InvalidParameterCombination');
    expect(await refusal(deleteCluster('drill-db', { SkipFinalSnapshot: true, FinalDBSnapshotIdentifier }))).toBe(
      'InvalidParameterCombination',
    );
  });

  it('is refused while it is protected, being made, or a member of the global cluster', async () => {
    await restored({ DeletionProtection: true });
    expect(await refusal(deleteCluster('drill-db'))).toBe('InvalidParameterCombination');
    await modify('drill-db', { DeletionProtection: false });
    expect(await refusal(deleteCluster('booking-eu-west-1'))).toBe('InvalidParameterCombination');
    twin.setMember(IRELAND, { deletionProtection: false });
    expect(await refusal(deleteCluster('booking-eu-west-1'))).toBe('InvalidDBClusterStateFault');
    backups.before = () => new Promise(() => undefined);
    await restore({ DBClusterIdentifier: 'slow-db' });
    expect(await refusal(deleteCluster('slow-db'))).toBe('InvalidDBClusterStateFault');
    setDurations(UNENDING);
    await deleteCluster('drill-db');
    expect(await refusal(deleteCluster('drill-db'))).toBe('InvalidDBClusterStateFault');
  });

  it('frees its name at once for another restore, whose files are not in its way', async () => {
    await restored();
    await deleteCluster('drill-db');
    await clusterIs('drill-db', undefined);
    await restored();
    expect(backups.asked.at(-1)).toMatch(/→ drill-db_2$/);
  });
});

describe('modifying a cluster', () => {
  it('changes protection, retention and groups at once, of members too', async () => {
    await restored();
    const change = {
      DeletionProtection: true,
      BackupRetentionPeriod: 35,
      DBClusterParameterGroupName: 'booking-aurora-postgresql18',
      VpcSecurityGroupIds: ['sg-0000000000000iso1'],
    };
    const shown = {
      DeletionProtection: true,
      BackupRetentionPeriod: 35,
      DBClusterParameterGroup: 'booking-aurora-postgresql18',
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0000000000000iso1' }],
    };
    await modify('drill-db', change);
    expect(await clusterNamed('drill-db')).toMatchObject(shown);
    await modify('booking-eu-west-1', change);
    expect(await clusterIn(IRELAND)).toMatchObject(shown);
  });

  it.each([
    ['a cluster that is not there', 'nobody', {}, 'DBClusterNotFoundFault'],
    ['a retention that AWS does not have', 'drill-db', { BackupRetentionPeriod: 0 }, 'InvalidParameterValue'],
    [
      'a group that is not there',
      'drill-db',
      { DBClusterParameterGroupName: 'x' },
      'DBClusterParameterGroupNotFoundFault',
    ],
    [
      'a name that is taken',
      'drill-db',
      { NewDBClusterIdentifier: 'booking-eu-west-1' },
      'DBClusterAlreadyExistsFault',
    ],
    ['a name that is none', 'drill-db', { NewDBClusterIdentifier: '-' }, 'InvalidParameterValue'],
  ])('is refused for %s', async (_, id, input, code) => {
    await restored();
    expect(await refusal(modify(id, input))).toBe(code);
  });

  it('moves name, endpoint, ARN and tags by a rename, and the address of what serves', async () => {
    await restored({ Tags: [{ Key: 'kept', Value: 'yes' }] });
    await createInstance();
    await instanceIs('drill-db-1', 'available');
    const { DBCluster } = await modify('drill-db', { NewDBClusterIdentifier: 'Swapped', ApplyImmediately: true });
    expect(DBCluster!.Status).toBe('renaming');
    await clusterIs('swapped', 'available');
    expect(await clusterNamed('swapped')).toMatchObject({
      Endpoint: 'swapped.cluster.lab.test',
      DBClusterArn: 'arn:aws:rds:eu-west-1:123456789012:cluster:swapped',
      TagList: [{ Key: 'kept', Value: 'yes' }],
    });
    expect(await clusterNamed('drill-db')).toBeUndefined();
    expect((await instanceNamed('drill-db-1'))!.DBClusterIdentifier).toBe('swapped');
    expect(backups.asked.at(-1)).toBe('rename drill-db → swapped');
    await deleteInstance('drill-db-1');
    await deleteCluster('swapped');
    await clusterIs('swapped', undefined);
    expect(backups.asked.slice(-3)).toEqual(['stop drill-db', 'close swapped', 'remove drill-db']);
  });

  it('renames nothing before a maintenance window unless told to do so at once', async () => {
    await restored();
    const { DBCluster } = await modify('drill-db', { NewDBClusterIdentifier: 'swapped' });
    expect(DBCluster!.PendingModifiedValues).toEqual({ DBClusterIdentifier: 'swapped' });
    expect((await clusterNamed('drill-db'))?.Status).toBe('available');
  });

  it('swaps a restored cluster into the place of a member: both get new names, the global cluster follows', async () => {
    await restored();
    await modify('booking-eu-west-1', { NewDBClusterIdentifier: 'damaged', ApplyImmediately: true });
    await clusterIs('damaged', 'available');
    await modify('drill-db', { NewDBClusterIdentifier: 'booking-eu-west-1', ApplyImmediately: true });
    await clusterIs('booking-eu-west-1', 'available');
    expect((await clusterNamed('booking-eu-west-1'))!.GlobalClusterIdentifier).toBeUndefined();
    const arn = 'arn:aws:rds:eu-west-1:123456789012:cluster:damaged';
    expect((await globalIn(PARIS)).GlobalClusterMembers![0]!.DBClusterArn).toBe(arn);
    expect(await refusal(deleteCluster('damaged'))).toBe('InvalidParameterCombination');
  });
});

describe('without a standby', () => {
  beforeEach(async () => {
    await twin.close();
    await start({ backups, addresses: backups, standby: false });
  });

  it('shows one member of the global cluster and nothing in the recovery region', async () => {
    expect((await globalIn(PARIS)).GlobalClusterMembers).toMatchObject([{ IsWriter: true, Readers: [] }]);
    const { DBClusters } = await client(PARIS).send(new rds.DescribeDBClustersCommand({}));
    const { DBInstances } = await client(PARIS).send(new rds.DescribeDBInstancesCommand({}));
    expect([DBClusters, DBInstances]).toEqual([[], []]);
    const target = { GlobalClusterIdentifier: 'booking-global', TargetDbClusterIdentifier: clusterArn(PARIS) };
    const move = client(PARIS).send(new rds.FailoverGlobalClusterCommand({ ...target, AllowDataLoss: true }));
    expect(await refusal(move)).toBe('DBClusterNotFoundFault');
  });
});

it('has none of this without backups', async () => {
  await twin.close();
  await start();
  expect(await refusal(restore())).toBe('InvalidAction');
  expect(await refusal(createInstance())).toBe('InvalidAction');
  expect(await refusal(deleteCluster('booking-eu-west-1'))).toBe('InvalidAction');
  await modify('booking-eu-west-1', { BackupRetentionPeriod: 14 });
  expect((await clusterIn(IRELAND)).BackupRetentionPeriod).toBe(14);
});
