import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Makes a region's standby the writer, accepting the loss of what had not arrived. Done when the region holds the writer,
 * its cluster and instance are available and no failover is in progress. Asked of the target region's own control plane.
 * Refuses with `DR_STANDBY_NOT_READY`, `DR_DB_GLOBAL_STATE`.
 */
export const promoteDatabase = defineAction({
  id: 'database.promote',
  title: 'Promote the standby to writer',
  role: 'promote',
  effect: 'irreversible',
  drill: 'never',
  input: z.object({
    region: z.string(),
    globalCluster: z.string(),
    cluster: z.string(),
    clusterArn: z.string(),
    /** Lease epoch the fence took: nothing is promoted that was not fenced. */
    epoch: z.int().positive(),
  }),
  output: z.object({
    writerRegion: z.string(),
    /** Writer endpoint of the promoted cluster. */
    endpoint: z.string(),
    promotedAt: instant,
  }),
  permissions: [
    'rds:FailoverGlobalCluster',
    'rds:DescribeGlobalClusters',
    'rds:DescribeDBClusters',
    'rds:DescribeDBInstances',
  ],
  timeoutSeconds: 900,
  regionField: 'region',
});
