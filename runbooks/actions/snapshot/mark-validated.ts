import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/** Writes on a copy that it was restored and found whole, and reads that back. */
export const markValidated = defineAction({
  id: 'snapshot.mark-validated',
  title: 'Mark the copy as validated',
  role: 'verify',
  effect: 'change',
  drill: 'own',
  input: z.object({ region: z.string(), snapshot: z.string(), snapshotArn: z.string(), validatedAt: instant }),
  output: z.object({ markedAt: instant }),
  permissions: ['rds:AddTagsToResource', 'rds:DescribeDBClusterSnapshots'],
  timeoutSeconds: 120,
  regionField: 'region',
});
