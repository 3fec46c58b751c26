import type { ValidatedTable } from '../../../domain/service.ts';
import type { Rows, Statement } from '../../clients/clients.ts';
import { quoted, quotedTable, Values } from './identifiers.ts';

/** Buckets of all tables together: what a record can hold. */
const BUCKETS_IN_ALL = 400;
const BUCKETS_PER_TABLE = 200;

export interface Bucket {
  /** Where it begins, ISO 8601; `null`: everything older than the first bucket that says. */
  readonly from: string | null;
  readonly rows: number;
  readonly checksum: string;
}

/** Microseconds matter: the cut between settled and not must be the same on both sides. */
export const isoInstant = (sql: string): string =>
  `to_char(${sql} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const AT = `current_setting('lifeboat.at')::timestamptz`;

export const atOf: Statement = { sql: `select ${isoInstant(AT)} as at` };

/** SQL of the instant so long before the transaction's own. */
export const settledBefore = (settledAfterSeconds: number, values: Values): string =>
  `${AT} - make_interval(secs => ${values.add(settledAfterSeconds, 'float8')})`;

export const writtenAt = (column: string): string => `${quoted(column)}::timestamptz`;

/**
 * Rows counted and hashed per bucket. The checksum is the sum of a 64-bit hash of each row's whole text: any altered value,
 * key or time changes it, as do a row twice, a row missing and two values that changed places; and unlike a hash over ordered
 * rows it needs no sort, no memory that grows with the table, and no collation that sorts alike on both sides.
 */
function perBucket(table: ValidatedTable, bucket: string, where: string): string {
  return `select bucket, count(*)::text as rows, sum(hash)::text as checksum
            from (select ${bucket} as bucket,
                         hashtextextended((whole_row.*)::text collate "C", 0) as hash
                    from ${quotedTable(table.table)} as whole_row
                   where ${where}) as each_row
           group by bucket`;
}

/** The source's side: buckets as wide as declared, from the epoch on, so that they do not depend on when one looks. */
export function sourceBuckets(table: ValidatedTable, tables: number): Statement {
  const values = new Values();
  // A query of its own, so that it is answered once and not for each row.
  const settled = `(select ${settledBefore(table.settledAfterSeconds, values)})`;
  const width = `make_interval(secs => ${values.add(table.bucketSeconds, 'float8')})`;
  const most = Math.max(2, Math.min(BUCKETS_PER_TABLE, Math.floor(BUCKETS_IN_ALL / tables)));
  const older = values.add(most - 2, 'int');
  const start = (instant: string): string => `date_bin(${width}, ${instant}, timestamptz 'epoch')`;
  const written = `whole_row.${writtenAt(table.timestampColumn)}`;
  const bucket = `case when ${written} >= (select ${start(settled)} - ${older} * ${width}) then ${start(written)} end`;
  return {
    sql: `select ${isoInstant(settled)} as settled, ${isoInstant('bucket')} as "from", rows, checksum
            from (select) as always left join (${perBucket(table, bucket, `${written} < ${settled}`)}) as counted on true`,
    values: values.list,
  };
}

/** The copy's side: the same rows in the buckets the source had; and rows without a time, which nothing can be said of. */
export function copyBuckets(
  table: ValidatedTable,
  expected: { readonly settledBefore: string; readonly buckets: readonly Bucket[] },
): Statement {
  const values = new Values();
  const settled = values.add(expected.settledBefore, 'timestamptz');
  const starts = values.add(startsOf(expected.buckets), 'timestamptz[]');
  const written = `whole_row.${writtenAt(table.timestampColumn)}`;
  const bucket = `case when ${written} is null then -1 else width_bucket(${written}, ${starts}) end`;
  return {
    sql: perBucket(table, bucket, `(${written} < ${settled} or ${written} is null)`),
    values: values.list,
    mayFail: true,
  };
}

/** Without a source to compare with: how many rows there are at all. */
export const countAll = (table: ValidatedTable): Statement => ({
  sql: `select count(*)::text as rows,
               count(*) filter (where ${writtenAt(table.timestampColumn)} is null)::text as undated
          from ${quotedTable(table.table)}`,
  mayFail: true,
});

/** How many keys stand in more than one row, or are missing: a damaged unique index lets them in. */
export const countDoubleKeys = (table: ValidatedTable): Statement => ({
  sql: `select count(*)::text as keys
          from (select 1 from ${quotedTable(table.table)}
                 group by ${quoted(table.keyColumn)} having count(*) > 1 or ${quoted(table.keyColumn)} is null) as double`,
  mayFail: true,
});

const startsOf = (buckets: readonly Bucket[]): string[] => buckets.flatMap(({ from }) => (from === null ? [] : [from]));

export interface CountedSource {
  readonly settledBefore: string;
  readonly rows: number;
  readonly buckets: Bucket[];
}

export function readSourceBuckets(rows: Rows): CountedSource {
  const buckets = rows
    .filter((row) => row['rows'] !== null)
    .map((row) => ({
      from: row['from'] === null ? null : String(row['from']),
      rows: Number(row['rows']),
      checksum: String(row['checksum']),
    }))
    .sort((left, right) => ((left.from ?? '') < (right.from ?? '') ? -1 : 1));
  return { settledBefore: String(rows[0]?.['settled']), rows: sum(buckets), buckets };
}

export interface CountedCopy {
  readonly buckets: readonly Bucket[];
  /** Rows that do not say when they were written. */
  readonly undated: number;
}

/** The copy's buckets under the source's names; a bucket that only the copy has is the one before the source's first. */
export function readCopyBuckets(expected: readonly Bucket[], rows: Rows): CountedCopy {
  const starts = startsOf(expected);
  const counted = rows.map((row) => ({
    index: Number(row['bucket']),
    rows: Number(row['rows']),
    checksum: String(row['checksum']),
  }));
  return {
    buckets: counted
      .filter(({ index }) => index >= 0)
      .sort((left, right) => left.index - right.index)
      .map(({ index, ...bucket }) => ({ from: index === 0 ? null : (starts[index - 1] ?? null), ...bucket })),
    undated: counted.find(({ index }) => index < 0)?.rows ?? 0,
  };
}

export const sum = (buckets: readonly Bucket[]): number => buckets.reduce((rows, bucket) => rows + bucket.rows, 0);
