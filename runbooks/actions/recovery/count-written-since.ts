import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Counts the rows that the damaged database was given after the instant: what going on with the copy would lose. Quick, so that it can
 * be counted again while nobody is served. A table that cannot be read any more counts as nothing, and is named.
 */
export const countWrittenSince = defineAction({
  id: 'recovery.count-written-since',
  title: 'Count what was written since',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    /** The damaged cluster, by the name the service knows; it is found as well once its copy has taken that name. */
    cluster: z.string(),
    /** Instant the copy was restored to. */
    restoredTo: instant,
  }),
  output: z.object({
    tables: z.array(z.object({ table: z.string(), rows: z.int().nonnegative() })),
    writtenSince: z.int().nonnegative(),
    /** Sentences for whoever decides. */
    warnings: z.array(z.string()),
  }),
  permissions: ['rds:DescribeDBClusters', 'sql:Select'],
  timeoutSeconds: 300,
  regionField: 'region',
});
