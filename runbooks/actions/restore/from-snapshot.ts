import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { placement } from './placement.ts';
import { restoredCluster } from './restored-cluster.ts';

/**
 * Restores a cluster from a snapshot of the same region. Done when it is available. Refuses with `DR_RESTORE_FAILED`,
 * `DR_SNAPSHOT_MISSING`, and with `DR_NAME_TAKEN` when something that is not ours has the name.
 */
export const restoreFromSnapshot = defineAction({
  id: 'restore.from-snapshot',
  title: 'Restore the database from a snapshot',
  role: 'restore',
  effect: 'change',
  drill: 'own',
  input: z.object({
    region: z.string(),
    snapshot: z.string(),
    executionId: z.string(),
    /** Name of the restored cluster; absent: the execution's own. A cold failover gives the name the service expects. */
    cluster: z.exactOptional(z.string()),
    /** What AWS tags it as: what is `kept` belongs to the service from now on, no clean-up touches it. */
    keep: z.boolean(),
    placement,
  }),
  output: restoredCluster,
  permissions: [
    'rds:RestoreDBClusterFromSnapshot',
    'rds:AddTagsToResource',
    'rds:DescribeDBClusters',
    'rds:DescribeDBClusterSnapshots',
  ],
  timeoutSeconds: 14_400,
  regionField: 'region',
});
