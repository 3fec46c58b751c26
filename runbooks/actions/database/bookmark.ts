import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { bookmarkSchema } from './bookmark-schema.ts';

/**
 * Notes what the source holds, in one read-only snapshot: counts, checksums of settled rows, sequences, schema, newest canaries.
 * Refuses with `DR_VALIDATION_NOT_DECLARED` when the service says of no table how to tell that it is whole.
 */
export const bookmarkDatabase = defineAction({
  id: 'database.bookmark',
  title: 'Note what the source holds',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    cluster: z.string(),
    /** An instant in the past, ISO 8601; `null`: now. */
    asOf: z.string().nullable(),
  }),
  output: bookmarkSchema,
  permissions: ['rds:DescribeDBClusters', 'sql:Select'],
  timeoutSeconds: 300,
  regionField: 'region',
});
