import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/**
 * Says whether a region's standby can be promoted. Refuses with `DR_STANDBY_NOT_READY` when it cannot be as it is,
 * `DR_REGION_ALREADY_SERVING` when the region holds the writer already,
 * and `DR_DB_GLOBAL_STATE` when another operation moves the global cluster.
 */
export const checkStandby = defineAction({
  id: 'database.checkStandby',
  title: 'Check that the standby can be promoted',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    globalCluster: z.string(),
    cluster: z.string(),
    clusterArn: z.string(),
  }),
  output: z.object({
    /** Cluster and at least one instance available, and a member of the global cluster. */
    ready: z.boolean(),
    engineVersion: z.string().nullable(),
    writerRegion: z.string().nullable(),
    globalStatus: z.string(),
    clusterStatus: z.string().nullable(),
    availableInstances: z.int().nonnegative(),
    /** `connected`, `pending-resync`, or whatever else AWS says; `null` when it says nothing. */
    synchronization: z.string().nullable(),
  }),
  permissions: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
  timeoutSeconds: 20,
  regionField: 'region',
});
