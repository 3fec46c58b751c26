import * as rds from '@aws-sdk/client-rds';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { clusterId, kmsKeyArn, type Region, restorePlacement } from '../../lab/topology.ts';
import { BackupsStandIn } from './backups-stand-in.ts';
import { client, IRELAND, PATIENT, useRdsTwin } from './rds-twin-harness.ts';

export let backups: BackupsStandIn;

/** A twin with a stand-in for backups and addresses, for each test of the file that calls this. */
export function useBackedTwin(): void {
  useRdsTwin(() => {
    backups = new BackupsStandIn();
    return { backups, addresses: backups };
  });
}

export const INSIDE = new Date('2026-11-21T10:30:00.123Z');
const PLACEMENT = restorePlacement(IRELAND);
/** A restore that leaves nothing to AWS's defaults. */
export const PLACED = {
  DBSubnetGroupName: PLACEMENT.subnetGroup,
  VpcSecurityGroupIds: PLACEMENT.securityGroups,
  DBClusterParameterGroupName: PLACEMENT.parameterGroup,
  KmsKeyId: PLACEMENT.kmsKey,
};

export const restore = async (
  input: Partial<rds.RestoreDBClusterToPointInTimeCommandInput> = {},
  region: Region = IRELAND,
): Promise<rds.DBCluster> => {
  const time = 'UseLatestRestorableTime' in input ? {} : { RestoreToTime: INSIDE };
  const whole = { DBClusterIdentifier: 'drill-db', SourceDBClusterIdentifier: clusterId(IRELAND), ...time, ...input };
  return (await client(region).send(new rds.RestoreDBClusterToPointInTimeCommand(whole))).DBCluster!;
};

export const clusterNamed = async (id: string, region: Region = IRELAND): Promise<rds.DBCluster | undefined> =>
  (await client(region).send(new rds.DescribeDBClustersCommand({}))).DBClusters!.find(
    (cluster) => cluster.DBClusterIdentifier === id,
  );

export const instanceNamed = async (id: string, region: Region = IRELAND): Promise<rds.DBInstance | undefined> =>
  (await client(region).send(new rds.DescribeDBInstancesCommand({}))).DBInstances!.find(
    (instance) => instance.DBInstanceIdentifier === id,
  );

export const clusterIs = (id: string, status: string | undefined, region: Region = IRELAND): Promise<void> =>
  waitUntil(`${id} is ${status}`, async () => (await clusterNamed(id, region))?.Status === status, PATIENT);

export const instanceIs = (id: string, status: string | undefined): Promise<void> =>
  waitUntil(`${id} is ${status}`, async () => (await instanceNamed(id))?.DBInstanceStatus === status, PATIENT);

export const createInstance = (input: Partial<rds.CreateDBInstanceCommandInput> = {}) =>
  client(IRELAND).send(
    new rds.CreateDBInstanceCommand({
      DBInstanceIdentifier: 'drill-db-1',
      DBClusterIdentifier: 'drill-db',
      DBInstanceClass: 'db.r6g.large',
      Engine: 'aurora-postgresql',
      ...input,
    }),
  );

export const deleteInstance = (DBInstanceIdentifier: string, more: Partial<rds.DeleteDBInstanceCommandInput> = {}) =>
  client(IRELAND).send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier, ...more }));

export const modify = (DBClusterIdentifier: string, more: Partial<rds.ModifyDBClusterCommandInput>) =>
  client(IRELAND).send(new rds.ModifyDBClusterCommand({ DBClusterIdentifier, ...more }));

export const deleteCluster = (DBClusterIdentifier: string, more: Partial<rds.DeleteDBClusterCommandInput> = {}) =>
  client(IRELAND).send(
    new rds.DeleteDBClusterCommand({
      DBClusterIdentifier,
      ...(Object.keys(more).length ? more : { SkipFinalSnapshot: true }),
    }),
  );

/** A restored cluster, available. */
export async function restored(input: Partial<rds.RestoreDBClusterToPointInTimeCommandInput> = {}): Promise<void> {
  const cluster = await restore(input);
  await clusterIs(cluster.DBClusterIdentifier!, 'available');
}

export const snapshotsIn = async (
  region: Region,
  input: rds.DescribeDBClusterSnapshotsCommandInput = {},
): Promise<readonly rds.DBClusterSnapshot[]> =>
  (await client(region).send(new rds.DescribeDBClusterSnapshotsCommand(input))).DBClusterSnapshots!;

export const snapshotNamed = async (region: Region, id: string): Promise<rds.DBClusterSnapshot | undefined> =>
  (await snapshotsIn(region)).find((snapshot) => snapshot.DBClusterSnapshotIdentifier === id);

export const snapshotIs = (region: Region, id: string, status: string | undefined): Promise<void> =>
  waitUntil(`${id} is ${status}`, async () => (await snapshotNamed(region, id))?.Status === status, PATIENT);

/** A manual snapshot of the protected cluster, available. */
export async function taken(id: string, more: Partial<rds.CreateDBClusterSnapshotCommandInput> = {}): Promise<void> {
  const input = { DBClusterSnapshotIdentifier: id, DBClusterIdentifier: clusterId(IRELAND), ...more };
  await client(IRELAND).send(new rds.CreateDBClusterSnapshotCommand(input));
  await snapshotIs(IRELAND, id, 'available');
}

export const snapshotArn = (region: Region, id: string): string =>
  `arn:aws:rds:${region}:123456789012:cluster-snapshot:${id}`;

/** Copies a snapshot of the protected region into the recovery region, with its key unless told otherwise. */
export const copy = async (
  source: string,
  target: string,
  more: Partial<rds.CopyDBClusterSnapshotCommandInput> = { KmsKeyId: kmsKeyArn('eu-west-3') },
  region: Region = 'eu-west-3',
): Promise<rds.DBClusterSnapshot> =>
  (
    await client(region).send(
      new rds.CopyDBClusterSnapshotCommand({
        SourceDBClusterSnapshotIdentifier: source,
        TargetDBClusterSnapshotIdentifier: target,
        ...more,
      }),
    )
  ).DBClusterSnapshot!;

export const deleteSnapshot = (region: Region, DBClusterSnapshotIdentifier: string) =>
  client(region).send(new rds.DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier }));
