import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Looks that whoever connects to the service's database reaches the restored copy and not the damaged one, that it takes writes, and that
 * the damaged one was given no newer row since they were counted. Refuses with `DR_FENCE_NOT_PROVED` when it was.
 */
export const confirmSwapped = defineAction({
  id: 'recovery.confirm-swapped',
  title: 'Confirm that the name leads to the restored database',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  proves: ['holds_writer'],
  input: z.object({
    region: z.string(),
    cluster: z.string(),
    executionId: z.string(),
    /** Instant the copy was restored to. */
    restoredTo: instant,
    /** Rows the damaged database was given after that instant, as counted when nobody wrote any more. */
    writtenSince: z.int().nonnegative(),
  }),
  output: z.object({
    cluster: z.string(),
    endpoint: z.string(),
    damaged: z.string(),
    writtenSince: z.int().nonnegative(),
    confirmedAt: instant,
  }),
  permissions: ['rds:DescribeDBClusters', 'sql:Select'],
  timeoutSeconds: 300,
  regionField: 'region',
});
