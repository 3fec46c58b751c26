import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Deletes the oldest of the copies Lifeboat made, down to what is to be kept. Never the newest, never the newest validated one, never
 * one that is held, in use by a restore, or of an execution that is not over, never one that is not available or not tagged as ours.
 */
export const pruneCopies = defineAction({
  id: 'snapshot.prune',
  title: 'Prune old copies',
  role: 'cleanup',
  effect: 'change',
  drill: 'own',
  input: z.object({
    region: z.string(),
    cluster: z.string(),
    keep: z.int().min(1),
  }),
  output: z.object({
    pruned: z.array(z.string()),
    kept: z.array(z.object({ snapshot: z.string(), because: z.string() })),
    prunedAt: instant,
  }),
  permissions: ['rds:DescribeDBClusterSnapshots', 'rds:DescribeDBClusters', 'rds:DeleteDBClusterSnapshot'],
  timeoutSeconds: 600,
  regionField: 'region',
});
