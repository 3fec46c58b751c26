import { z } from 'zod';
import { instant } from '../instant.ts';

/** Rows of one table written in `[from, from + bucketSeconds)`; the first bucket holds everything older, its `from` is `null`. */
const bucket = z.object({ from: instant.nullable(), rows: z.int().nonnegative(), checksum: z.string() });

const table = z.object({
  table: z.string(),
  /** Rows written before this instant were settled: they are what is compared. */
  settledBefore: instant,
  rows: z.int().nonnegative(),
  buckets: z.array(bucket).max(200),
});

const sequence = z.object({
  sequence: z.string(),
  table: z.string(),
  column: z.string(),
  /** Highest value in the column; `null` for an empty table. */
  highestInUse: z.string().nullable(),
});

const canary = z.object({ vantage: z.string(), number: z.int().nonnegative(), writtenAt: instant });

/** What the source held at one instant, read in one snapshot. The only source of expected values: a copy never says what it should be. */
export const bookmarkSchema = z.object({
  region: z.string(),
  cluster: z.string(),
  /** Instant the values are true for: now, or the one that was asked for. Microseconds are kept: ISO 8601 with six digits. */
  at: z.string(),
  /** `exact`: the values are of that very instant. `later`: read later, so rows deleted or changed since are not in them. */
  taken: z.enum(['exact', 'later']),
  tables: z.array(table),
  sequences: z.array(sequence),
  /** SHA-256 of the schema: tables, columns, types, constraints, indexes, functions. */
  schemaFingerprint: z.string(),
  /** The same for each kind of object, so that a difference can be told: `tables`, `columns`, `constraints`, `indexes`, … */
  schemaParts: z.record(z.string(), z.string()).optional(),
  /** Per vantage the newest canary written up to that instant. */
  newestCanaries: z.array(canary),
  sizeBytes: z.int().nonnegative(),
});

export type Bookmark = z.output<typeof bookmarkSchema>;
