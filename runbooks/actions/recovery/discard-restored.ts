import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Undo of a restore under the service's own name: deletes what this execution restored, and only while nobody adopted it. Its tag
 * says whose it is; a member of a global cluster, or an instance somebody else put into it, is left alone. Done when nothing is there.
 */
export const discardRestored = defineAction({
  id: 'recovery.discard-restored',
  title: 'Discard the restored database',
  role: 'cleanup',
  effect: 'change',
  drill: 'own',
  input: z.object({ region: z.string(), cluster: z.string(), executionId: z.string() }),
  output: z.object({ discarded: z.boolean(), discardedAt: instant }),
  permissions: [
    'rds:DescribeDBClusters',
    'rds:DescribeDBInstances',
    'rds:ModifyDBCluster',
    'rds:DeleteDBInstance',
    'rds:DeleteDBCluster',
  ],
  timeoutSeconds: 1_800,
  regionField: 'region',
});
