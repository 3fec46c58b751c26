import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Inserts into the running database the rows that a restored copy has and it lacks, by key, in batches; what is there already is left
 * as it is. The call names table, number and a digest of the keys, never a value: rows go from one database to the other through
 * the worker's memory alone. Triggers of the table fire. Refuses with `DR_VALIDATION_NOT_DECLARED` for a table the service does not
 * declare.
 */
export const copyRows = defineAction({
  id: 'recovery.copy-rows',
  title: 'Copy missing rows back',
  role: 'rebuild',
  effect: 'change',
  drill: 'never',
  input: z.object({
    region: z.string(),
    source: z.string(),
    copy: z.string(),
    restoredTo: instant,
    /** In this order: rows that others refer to first. */
    tables: z.array(z.string()).min(1),
  }),
  output: z.object({
    tables: z.array(z.object({ table: z.string(), copied: z.int().nonnegative() })),
    copied: z.int().nonnegative(),
    copiedBackAt: instant,
  }),
  permissions: ['rds:DescribeDBClusters', 'sql:Select', 'sql:CopyRows'],
  timeoutSeconds: 3_600,
  regionField: 'region',
});
