import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  type GlobalCluster,
} from '@aws-sdk/client-rds';
import { LifeboatError } from '../../domain/errors.ts';
import type { Service } from '../../domain/service.ts';
import { providerName } from '../clients/call-failure.ts';
import type { Clients } from '../clients/clients.ts';

export interface SeenGlobalCluster {
  readonly global: GlobalCluster;
  readonly cluster: DBCluster | null;
  readonly instances: readonly DBInstance[];
}

/** The global cluster and one region's member of it, as that region's own control plane tells them. */
export async function seeGlobalCluster(
  clients: Clients,
  input: { readonly region: string; readonly globalCluster: string; readonly cluster: string },
): Promise<SeenGlobalCluster> {
  const rds = clients.rds(input.region);
  const [globals, cluster, instances] = await Promise.all([
    rds.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: input.globalCluster })),
    rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: input.cluster })).catch((caught: unknown) => {
      if (providerName(caught) === 'DBClusterNotFoundFault') return null;
      throw caught;
    }),
    rds.send(new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-cluster-id', Values: [input.cluster] }] })),
  ]);
  const global = globals.GlobalClusters?.[0];
  if (!global) {
    throw new LifeboatError(
      'DR_DB_GLOBAL_STATE',
      `there is no global cluster ${input.globalCluster} in ${input.region}`,
      {
        field: 'globalCluster',
        actual: input.globalCluster,
        retryable: false,
      },
    );
  }
  const ours = (instances.DBInstances ?? []).filter((instance) => instance.DBClusterIdentifier === input.cluster);
  return { global, cluster: cluster?.DBClusters?.[0] ?? null, instances: ours };
}

/** Region in an ARN's fourth field. */
export const regionOfArn = (arn: string | undefined): string | null => arn?.split(':')[3] || null;

export const writerArn = (global: GlobalCluster): string | undefined =>
  global.GlobalClusterMembers?.find((member) => member.IsWriter)?.DBClusterArn;

/**
 * ARN of the global cluster's writer where that is not a database the service writes to: after a restored copy took its place, what
 * stands by still follows the damaged one. `null` when all is well, or nothing writes.
 */
export function strayWriter(global: GlobalCluster, { database }: Service): string | null {
  const arn = writerArn(global);
  const declared = database.regions[regionOfArn(arn) ?? '']?.arn;
  return arn === undefined || arn === declared ? null : arn;
}

export const availableInstances = (instances: readonly DBInstance[]): number =>
  instances.filter((instance) => instance.DBInstanceStatus === 'available').length;

/** `failing-over to …`, or `null` when the global cluster is idle. AWS leaves the state empty then. */
export function operationUnderWay(
  global: GlobalCluster,
): { readonly status: string; readonly to: string | null } | null {
  const state = global.FailoverState;
  return state?.Status ? { status: state.Status, to: state.ToDbClusterArn ?? null } : null;
}
