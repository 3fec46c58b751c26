import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

const comparison = z.object({
  table: z.string(),
  /** Rows up to the instant that are alike on both sides. */
  alike: z.int().nonnegative(),
  /** Rows that the copy has and the source lacks, by key: deleted since. */
  missing: z.int().nonnegative(),
  /** Rows that differ although they have one key: altered since. */
  altered: z.int().nonnegative(),
  /** Rows that only the source has although they say they are older: written later, or not committed at that instant. */
  unexpected: z.int().nonnegative(),
  /** Rows that the source was given after the instant: what going on with the copy would lose. */
  writtenSince: z.int().nonnegative(),
  /** Why rows could not be told apart one by one; the figures are then the most they can be. `null`: they could. */
  because: z.string().nullable(),
});

/**
 * Compares a running database with a copy of it as it was at an instant, table by table: what is missing, what was altered, what has
 * been written since. Counts only: no row leaves the worker. A table that is gone, or of which too much differs, is counted as a
 * whole: the more was damaged, the more people need the rest of the comparison. Refuses with `DR_VALIDATION_NOT_DECLARED` for a table the service
 * does not declare, and with `DR_VALIDATION_FAILED` when rows are missing in tables that shall be whole.
 */
export const compareWithCopy = defineAction({
  id: 'recovery.compare',
  title: 'Compare the database with the restored copy',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    /** Running database. */
    source: z.string(),
    /** Restored cluster beside it. */
    copy: z.string(),
    /** Instant the copy was restored to. */
    restoredTo: instant,
    /** Tables of which the source must lack nothing any more; empty: nothing is demanded. */
    whole: z.array(z.string()),
  }),
  output: z.object({
    tables: z.array(comparison),
    missing: z.int().nonnegative(),
    altered: z.int().nonnegative(),
    writtenSince: z.int().nonnegative(),
    /** Sentences for whoever decides. */
    warnings: z.array(z.string()),
  }),
  permissions: ['rds:DescribeDBClusters', 'sql:Select'],
  timeoutSeconds: 900,
  regionField: 'region',
});
