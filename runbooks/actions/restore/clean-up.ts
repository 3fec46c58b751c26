import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/** Something that has the looks of ours but not all three signs: id prefix, tag, and no membership of a global cluster. */
export const leftAlone = z.object({
  kind: z.enum(['cluster', 'instance']),
  id: z.string(),
  because: z.string(),
});

/**
 * Deletes what an execution restored: id prefix and tag and not a member of a global cluster, all three, or it is left alone and
 * named. Done when describing finds nothing left. Copies are not touched: they are what a copy execution is for.
 */
export const cleanUp = defineAction({
  id: 'restore.clean-up',
  title: 'Remove what the execution restored',
  role: 'cleanup',
  effect: 'change',
  drill: 'own',
  input: z.object({ region: z.string(), executionId: z.string() }),
  output: z.object({
    /** What was deleted by this execution's clean-up, `cluster/id` or `instance/id`. */
    removed: z.array(z.string()),
    leftAlone: z.array(leftAlone),
    /** What describing still finds of it: empty, or the step is not done. */
    remaining: z.array(z.string()),
    /** How many clusters and instances were looked at for that. */
    looked: z.int().nonnegative(),
    cleanedUpAt: instant,
  }),
  permissions: [
    'rds:DescribeDBClusters',
    'rds:DescribeDBInstances',
    'rds:DescribeGlobalClusters',
    'rds:ModifyDBCluster',
    'rds:DeleteDBInstance',
    'rds:DeleteDBCluster',
  ],
  timeoutSeconds: 1_800,
  regionField: 'region',
});
