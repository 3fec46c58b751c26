import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/** Counts the copies made since one was last restored and found whole, this one included. */
export const validationDue = defineAction({
  id: 'snapshot.validation-due',
  title: 'See whether a copy is to be restored and validated',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string(), cluster: z.string(), every: z.int().min(1) }),
  output: z.object({ due: z.boolean(), sinceLast: z.int().nonnegative(), every: z.int().positive() }),
  permissions: ['rds:DescribeDBClusterSnapshots'],
  timeoutSeconds: 120,
  regionField: 'region',
});
