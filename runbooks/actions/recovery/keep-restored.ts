import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Marks what the execution restored as kept: it belongs to the service from now on, no clean-up touches it, and AWS deletes it only once
 * somebody takes its protection off. Refuses with
 * `DR_RESTORE_FAILED` when it is not there, `DR_NAME_TAKEN` when it is not the execution's.
 */
export const keepRestored = defineAction({
  id: 'recovery.keep-restored',
  title: 'Keep the restored database',
  role: 'restore',
  effect: 'change',
  drill: 'own',
  input: z.object({ region: z.string(), cluster: z.string(), executionId: z.string() }),
  output: z.object({ cluster: z.string(), endpoint: z.string(), keptAt: instant }),
  permissions: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances', 'rds:AddTagsToResource', 'rds:ModifyDBCluster'],
  timeoutSeconds: 120,
  regionField: 'region',
});
