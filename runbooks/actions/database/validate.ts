import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { bookmarkSchema } from './bookmark-schema.ts';

const check = z.object({
  /** `rows:bookings`, `checksums:bookings`, `key:bookings`, `foreign-key:reminders_booking_id_fkey`, `sequence:…`, `index:…`, `schema`, `canary:control`, `invariant:…`. */
  id: z.string(),
  says: z.string(),
  /** `noticed`: differs in a way that the later bookmark explains; told, not held against it. `not_run`: could not be, and why. */
  verdict: z.enum(['passed', 'failed', 'noticed', 'not_run']),
  expected: z.union([z.string(), z.number(), z.null()]),
  found: z.union([z.string(), z.number(), z.null()]),
});

export const validationSchema = z.object({
  validatedAt: instant,
  checks: z.array(check).max(400),
  passed: z.int().nonnegative(),
  /** Settled rows of all tables together; expected is `null` without a bookmark. */
  rowsExpected: z.int().nonnegative().nullable(),
  rowsFound: z.int().nonnegative(),
  /** When the newest canary in the restored database was written; `null` when there is none. */
  newestCanaryAt: instant.nullable(),
  sizeBytes: z.int().nonnegative(),
});

export type Validation = z.output<typeof validationSchema>;

/**
 * Looks whether a restored database is whole: rows and checksums against the bookmark, foreign keys by anti-join, sequences, indexes,
 * schema, newest canary, the service's own invariants. Read-only, within the service's deadline; what cannot be read fails by its
 * name, and the rest is still looked at. Refuses with
 * `DR_VALIDATION_FAILED` naming every check that failed, with what was expected and found.
 */
export const validateDatabase = defineAction({
  id: 'database.validate',
  title: 'Validate the restored database',
  role: 'verify',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    /** The restored cluster. */
    cluster: z.string(),
    /** What the source held; `null` when the source can no longer be asked: then only what the copy itself can prove is checked. */
    bookmark: bookmarkSchema.nullable(),
  }),
  output: validationSchema,
  permissions: ['rds:DescribeDBClusters', 'sql:Select'],
  timeoutSeconds: 900,
  regionField: 'region',
});
