import type { GlobalCluster } from '@aws-sdk/client-rds';
import type { Clients } from '../clients/clients.ts';
import { everyCluster, everyGlobalCluster, everyInstance } from './look-up.ts';
import { type Tags, tagsOf } from './tags.ts';

export interface StandingCluster {
  readonly id: string;
  readonly status: string;
  readonly tags: Tags;
  readonly protected: boolean;
  /** Global cluster it is a member of. */
  readonly globalCluster: string | null;
}

export interface StandingInstance {
  readonly id: string;
  readonly status: string;
  readonly tags: Tags;
  /** Cluster it belongs to; `null` for one that stands alone. */
  readonly cluster: string | null;
}

/** Everything that stands in a region, whoever made it. */
export interface Standing {
  readonly clusters: readonly StandingCluster[];
  readonly instances: readonly StandingInstance[];
}

export async function seeStanding(clients: Clients, region: string): Promise<Standing> {
  const [clusters, instances, globals] = await Promise.all([
    everyCluster(clients, region),
    everyInstance(clients, region),
    everyGlobalCluster(clients, region),
  ]);
  const memberships = membershipsIn(globals);
  return {
    clusters: clusters.map((cluster) => ({
      id: cluster.DBClusterIdentifier ?? '',
      status: cluster.Status ?? 'unknown',
      tags: tagsOf(cluster),
      protected: cluster.DeletionProtection ?? false,
      globalCluster: memberships.get(cluster.DBClusterArn ?? '') ?? cluster.GlobalClusterIdentifier ?? null,
    })),
    instances: instances.map((instance) => ({
      id: instance.DBInstanceIdentifier ?? '',
      status: instance.DBInstanceStatus ?? 'unknown',
      tags: tagsOf(instance),
      cluster: instance.DBClusterIdentifier ?? null,
    })),
  };
}

/** Global cluster by the ARN of each of its members. */
function membershipsIn(globals: readonly GlobalCluster[]): ReadonlyMap<string, string> {
  return new Map(
    globals.flatMap(({ GlobalClusterIdentifier = 'a global cluster', GlobalClusterMembers = [] }) =>
      GlobalClusterMembers.flatMap(({ DBClusterArn, Readers = [] }) =>
        [DBClusterArn, ...Readers].flatMap((arn) => (arn ? [[arn, GlobalClusterIdentifier] as const] : [])),
      ),
    ),
  );
}
