import {
  type DBCluster,
  type DBClusterSnapshot,
  type DBInstance,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  type GlobalCluster,
} from '@aws-sdk/client-rds';
import { providerName } from '../clients/call-failure.ts';
import type { Clients } from '../clients/clients.ts';

/** What RDS knows by a name; `null` when it knows nothing by it. */
export async function findCluster(clients: Clients, region: string, cluster: string): Promise<DBCluster | null> {
  const asked = clients.rds(region).send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
  return (await unlessMissing(asked, 'DBClusterNotFoundFault'))?.DBClusters?.[0] ?? null;
}

export async function findInstance(clients: Clients, region: string, instance: string): Promise<DBInstance | null> {
  const asked = clients.rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
  return (await unlessMissing(asked, 'DBInstanceNotFoundFault'))?.DBInstances?.[0] ?? null;
}

export async function findSnapshot(
  clients: Clients,
  region: string,
  snapshot: string,
): Promise<DBClusterSnapshot | null> {
  const asked = clients.rds(region).send(
    new DescribeDBClusterSnapshotsCommand({
      DBClusterSnapshotIdentifier: snapshot,
      // RDS wants to be told so by name for the ones it takes by itself.
      ...(snapshot.startsWith('rds:') && { SnapshotType: 'automated' }),
    }),
  );
  return (await unlessMissing(asked, 'DBClusterSnapshotNotFoundFault'))?.DBClusterSnapshots?.[0] ?? null;
}

/** Everything of a kind that stands in a region, page after page. */
export const everyCluster = (clients: Clients, region: string): Promise<readonly DBCluster[]> =>
  everyPage(async (Marker) => {
    const answer = await clients.rds(region).send(new DescribeDBClustersCommand({ ...(Marker && { Marker }) }));
    return { items: answer.DBClusters, marker: answer.Marker };
  });

export const everyInstance = (clients: Clients, region: string): Promise<readonly DBInstance[]> =>
  everyPage(async (Marker) => {
    const answer = await clients.rds(region).send(new DescribeDBInstancesCommand({ ...(Marker && { Marker }) }));
    return { items: answer.DBInstances, marker: answer.Marker };
  });

export const everyGlobalCluster = (clients: Clients, region: string): Promise<readonly GlobalCluster[]> =>
  everyPage(async (Marker) => {
    const answer = await clients.rds(region).send(new DescribeGlobalClustersCommand({ ...(Marker && { Marker }) }));
    return { items: answer.GlobalClusters, marker: answer.Marker };
  });

export const everySnapshot = (
  clients: Clients,
  region: string,
  only: { readonly DBClusterIdentifier?: string; readonly SnapshotType?: 'manual' },
): Promise<readonly DBClusterSnapshot[]> =>
  everyPage(async (Marker) => {
    const answer = await clients
      .rds(region)
      .send(new DescribeDBClusterSnapshotsCommand({ ...only, ...(Marker && { Marker }) }));
    return { items: answer.DBClusterSnapshots, marker: answer.Marker };
  });

interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly marker: string | undefined;
}

async function everyPage<Item>(page: (marker: string | undefined) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const found: Item[] = [];
  let marker: string | undefined;
  do {
    const { items = [], marker: next } = await page(marker);
    found.push(...items);
    marker = next;
  } while (marker);
  return found;
}

async function unlessMissing<Answer>(asked: Promise<Answer>, missing: string): Promise<Answer | null> {
  try {
    return await asked;
  } catch (caught) {
    if (providerName(caught) === missing) return null;
    throw caught;
  }
}
