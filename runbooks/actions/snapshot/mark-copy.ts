import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Writes on a copy how far looking into it has come, and reads that back. Begun and not found whole since is a copy in doubt, also
 * when whoever looked died over it: nothing restores from it, and nothing counts it as a backup.
 */
export const markCopy = defineAction({
  id: 'snapshot.mark-copy',
  title: 'Mark how far looking into the copy has come',
  role: 'verify',
  effect: 'change',
  drill: 'own',
  input: z.object({
    region: z.string(),
    snapshot: z.string(),
    snapshotArn: z.string(),
    mark: z.enum(['validation_begun', 'validated']),
    at: instant,
  }),
  output: z.object({ mark: z.enum(['validation_begun', 'validated']), markedAt: instant }),
  permissions: ['rds:AddTagsToResource', 'rds:DescribeDBClusterSnapshots'],
  timeoutSeconds: 120,
  regionField: 'region',
});
