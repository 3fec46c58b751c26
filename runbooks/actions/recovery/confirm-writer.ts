import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Looks that the region holds the writer: its cluster and writer instance available, the server out of recovery, and the write lease
 * with this region at this epoch. Refuses with `DR_FENCE_NOT_PROVED` when somebody else took the lease since.
 */
export const confirmWriter = defineAction({
  id: 'recovery.confirm-writer',
  title: 'Confirm that the writer is there',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  proves: ['holds_writer'],
  input: z.object({
    region: z.string(),
    cluster: z.string(),
    /** Lease epoch the fence took. */
    epoch: z.int().positive(),
  }),
  output: z.object({ cluster: z.string(), endpoint: z.string(), epoch: z.int().positive(), confirmedAt: instant }),
  permissions: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances', 'sql:Select', 'lease:Read'],
  timeoutSeconds: 120,
  regionField: 'region',
});
