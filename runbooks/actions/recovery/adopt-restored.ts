import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Makes the restored database the service's own: written on it, so that whoever comes later knows, and from here on nothing is taken
 * back, because customers write to it next. Refuses with `DR_RESTORE_FAILED` when it is not there, `DR_NAME_TAKEN` when it
 * is not the execution's.
 */
export const adoptRestored = defineAction({
  id: 'recovery.adopt-restored',
  title: 'Make the restored database the service’s own',
  role: 'promote',
  effect: 'irreversible',
  drill: 'never',
  input: z.object({
    region: z.string(),
    cluster: z.string(),
    executionId: z.string(),
    /** Lease epoch the fence took: nothing is adopted that was not fenced. */
    epoch: z.int().positive(),
  }),
  output: z.object({ cluster: z.string(), adoptedAt: instant }),
  permissions: ['rds:DescribeDBClusters', 'rds:AddTagsToResource'],
  timeoutSeconds: 120,
  regionField: 'region',
});
