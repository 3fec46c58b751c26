import * as rds from '@aws-sdk/client-rds';
import { expect, it } from 'vitest';
import { clusterId, kmsKeyArn, type Region } from '../../lab/topology.ts';
import { backups, useBackedTwin } from './rds-backups-harness.ts';
import { client, clusterIn, IRELAND, PARIS, refusal, twin } from './rds-twin-harness.ts';

useBackedTwin();

const GROUP = 'booking-aurora-postgresql18';
const parameters = async (region: Region, input: Partial<rds.DescribeDBClusterParametersCommandInput> = {}) =>
  (
    await client(region).send(
      new rds.DescribeDBClusterParametersCommand({ DBClusterParameterGroupName: GROUP, ...input }),
    )
  ).Parameters!;

it('the service’s parameter group is equal in both regions until one is changed', async () => {
  expect(await parameters(IRELAND)).toEqual(await parameters(PARIS));
  twin.parameterGroups.set(PARIS, GROUP, 'max_connections', '100');
  const filter = { Filters: [{ Name: 'parameter-name', Values: ['max_connections'] }] };
  const value = async (region: Region) => (await parameters(region, filter)).map((each) => each.ParameterValue);
  expect([await value(IRELAND), await value(PARIS)]).toEqual([['400'], ['100']]);
});

it('parameters are chosen by source, and a group that is not there is not found', async () => {
  const names = (await parameters(IRELAND, { Source: 'user' })).map((each) => each.ParameterName);
  expect(names).toEqual(['log_min_duration_statement', 'max_connections', 'timezone']);
  expect(await refusal(parameters(IRELAND, { DBClusterParameterGroupName: 'x' }))).toBe(
    'DBParameterGroupNotFoundFault',
  );
  expect(await refusal(parameters(IRELAND, { Source: 'me' }))).toBe('InvalidParameterValue');
});

it('parameter groups and subnet groups are described, by name too', async () => {
  const groups = await client(IRELAND).send(new rds.DescribeDBClusterParameterGroupsCommand({}));
  expect(groups.DBClusterParameterGroups!.map((each) => each.DBClusterParameterGroupName)).toEqual([
    'default.aurora-postgresql18',
    GROUP,
  ]);
  const subnets = (DBSubnetGroupName?: string) =>
    client(IRELAND).send(new rds.DescribeDBSubnetGroupsCommand(DBSubnetGroupName ? { DBSubnetGroupName } : {}));
  expect((await subnets()).DBSubnetGroups).toHaveLength(3);
  const [isolated] = (await subnets('booking-isolated')).DBSubnetGroups!;
  expect(isolated!.Subnets!.map((each) => each.SubnetAvailabilityZone!.Name)).toEqual([
    'eu-west-1a',
    'eu-west-1b',
    'eu-west-1c',
  ]);
  expect(await refusal(subnets('x'))).toBe('DBSubnetGroupNotFoundFault');
  const ResourceName = isolated!.DBSubnetGroupArn!;
  const { TagList } = await client(IRELAND).send(new rds.ListTagsForResourceCommand({ ResourceName }));
  expect(TagList).toEqual([]);
});

it('members are encrypted, protected and backed up, and show what can be restored of the writer only', async () => {
  expect(await clusterIn(IRELAND)).toMatchObject({
    StorageEncrypted: true,
    KmsKeyId: kmsKeyArn(IRELAND),
    DeletionProtection: true,
    BackupRetentionPeriod: 7,
    CopyTagsToSnapshot: true,
    MultiAZ: false,
    DBSubnetGroup: 'booking',
    DBClusterParameterGroup: GROUP,
    EarliestRestorableTime: backups.restorable!.earliest,
    LatestRestorableTime: backups.restorable!.latest,
  });
  expect((await clusterIn(PARIS)).LatestRestorableTime).toBeUndefined();
  backups.restorable = null;
  expect((await clusterIn(IRELAND)).LatestRestorableTime).toBeUndefined();
  backups.window = () => new Promise(() => undefined);
  expect((await clusterIn(IRELAND)).Status).toBe('available');
});

it('automated backups are those of the writer’s cluster', async () => {
  const backupsOf = async (region: Region, input: rds.DescribeDBClusterAutomatedBackupsCommandInput = {}) =>
    (await client(region).send(new rds.DescribeDBClusterAutomatedBackupsCommand(input))).DBClusterAutomatedBackups!;
  expect(await backupsOf(IRELAND)).toMatchObject([
    {
      DBClusterIdentifier: clusterId(IRELAND),
      Status: 'active',
      RestoreWindow: { EarliestTime: backups.restorable!.earliest, LatestTime: backups.restorable!.latest },
    },
  ]);
  expect(await backupsOf(PARIS)).toEqual([]);
  expect(await refusal(backupsOf(PARIS, { DBClusterIdentifier: clusterId(PARIS) }))).toBe(
    'DBClusterAutomatedBackupNotFoundFault',
  );
});
