import { ACCOUNT, clusterArn, clusterId, GLOBAL_CLUSTER, REGIONS, type Region, ZONE } from '../../topology.ts';

export const GLOBAL_CLUSTER_ARN = `arn:aws:rds::${ACCOUNT}:global-cluster:${GLOBAL_CLUSTER}`;
export const ENGINE = 'aurora-postgresql';
export const ENGINE_VERSION = '18.4';

export const instanceId = (region: Region): string => `${clusterId(region)}-1`;
export const instanceArn = (region: Region): string => `arn:aws:rds:${region}:${ACCOUNT}:db:${instanceId(region)}`;
/** Named because AWS names one; the lab's DNS does not answer it, since nothing of the platform reads from it. */
export const readerName = (cluster: string): string => `${cluster}.cluster-ro.${ZONE}`;
export const resourceIdOf = (region: Region): string => `cluster-lab-${region}`;

export const regionOfCluster = (arn: string): Region | undefined =>
  REGIONS.find((region) => clusterArn(region) === arn.toLowerCase());
