import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { placement } from './placement.ts';
import { restoredCluster } from './restored-cluster.ts';

/**
 * Restores a cluster to an instant, beside the source, under the execution's own name and tags. Done when it is available and its
 * restorable times are known (AWS shows none until a restore is complete). Refuses with `DR_RESTORE_FAILED`, and with
 * `DR_NAME_TAKEN` when something that is not ours has the name.
 */
export const restoreToPointInTime = defineAction({
  id: 'restore.point-in-time',
  title: 'Restore the database to an instant',
  role: 'restore',
  effect: 'change',
  drill: 'own',
  input: z.object({
    region: z.string(),
    sourceCluster: z.string(),
    restoreTo: instant,
    executionId: z.string(),
    /** As in `restore.from-snapshot`; absent: it goes away with its execution. */
    keep: z.exactOptional(z.boolean()),
    placement,
  }),
  output: restoredCluster,
  permissions: ['rds:RestoreDBClusterToPointInTime', 'rds:AddTagsToResource', 'rds:DescribeDBClusters'],
  timeoutSeconds: 14_400,
  regionField: 'region',
});
