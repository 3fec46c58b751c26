import { createHash } from 'node:crypto';
import type { ValidatedTable } from '../../domain/service.ts';
import type { Clients, Rows, Statement } from '../clients/clients.ts';
import { failureIn, type StatementFailure } from '../clients/statement-failure.ts';
import { quoted, quotedTable } from '../database/validation/identifiers.ts';
import { copySession, sourceSession } from '../database/validation/session.ts';

/** Where a running database and its restored copy stand beside each other. */
export interface Pair {
  readonly region: string;
  /** The running cluster. */
  readonly source: string;
  readonly copy: string;
  /** Instant the copy was restored to: only rows up to it are compared. */
  readonly restoredTo: string;
}

/** How one table differs. Keys stay in the worker's memory: they may say who somebody is. */
export interface TableDifference {
  readonly table: string;
  readonly alike: number;
  readonly missing: number;
  /** `null`: not told apart one by one, so that nothing can be copied back. */
  readonly missingKeys: readonly string[] | null;
  readonly altered: number;
  readonly unexpected: number;
  readonly writtenSince: number;
  /** Why rows could not be told apart one by one; the figures are then the most they can be. */
  readonly because: string | null;
}

/** Rows are compared by the hour first, and one by one only where an hour differs. */
const BUCKET = `interval '1 hour'`;
/** More rows than that in hours that differ is no damage to be mended row by row. */
const MOST_ROWS = 500_000;
const KEYS_AT_ONCE = 10_000;

/** Finds what differs between two clusters in one table. Rows are matched by key and compared by a hash of their whole text. */
export async function tableDifference(
  clients: Clients,
  pair: Pair,
  table: ValidatedTable,
  timeoutMs: number,
): Promise<TableDifference> {
  const { region, restoredTo } = pair;
  const source = (statements: readonly Statement[]) =>
    ask(clients, { region, cluster: pair.source }, sourceSession(null), statements, timeoutMs);
  const copy = (statements: readonly Statement[]) =>
    ask(clients, { region, cluster: pair.copy }, copySession, statements, timeoutMs);

  const [[sourceBuckets = [], since = []], [copyBuckets = []]] = await Promise.all([
    source([{ ...buckets(table, restoredTo), mayFail: true }, writtenSince(table, restoredTo)]),
    copy([buckets(table, restoredTo)]),
  ]);
  const then = bucketsIn(copyBuckets);
  const unreadable = failureIn(sourceBuckets);
  if (unreadable) return allOf(table.table, then, unreadable);
  const before = bucketsIn(sourceBuckets);
  const differing = [...new Set([...before.keys(), ...then.keys()])].filter(
    (name) =>
      before.get(name)?.checksum !== then.get(name)?.checksum || before.get(name)?.rows !== then.get(name)?.rows,
  );
  const alikeInBuckets = [...then].reduce((sum, [name, { rows }]) => (differing.includes(name) ? sum : sum + rows), 0);
  const none = { missing: 0, missingKeys: [], altered: 0, unexpected: 0 };
  const about = { table: table.table, writtenSince: Number(since[0]?.['rows'] ?? 0), because: null };
  if (differing.length === 0) return { ...about, ...none, alike: alikeInBuckets };

  const inDiffering = rowsIn(table, restoredTo, differing);
  const [[sourceRows = []], [copyRows = []]] = await Promise.all([source([inDiffering]), copy([inDiffering])]);
  if (Math.max(sourceRows.length, copyRows.length) > MOST_ROWS) {
    return { ...about, ...byTheHour(differing, before, then), alike: alikeInBuckets };
  }
  const now = hashes(sourceRows);
  const was = hashes(copyRows);
  const absent = [...was.keys()].filter((key) => !now.has(key));
  // A row whose time was altered is still there under its key, only not where it was looked for.
  const moved = await stillThere(source, table, absent);
  const shared = [...was].filter(([key]) => now.has(key));
  const alike = shared.filter(([key, hash]) => now.get(key) === hash).length;
  const missingKeys = absent.filter((key) => !moved.has(key)).sort();
  return {
    ...about,
    alike: alikeInBuckets + alike,
    missing: missingKeys.length,
    missingKeys,
    altered: shared.length - alike + moved.size,
    unexpected: [...now.keys()].filter((key) => !was.has(key)).length,
  };
}

type Buckets = ReadonlyMap<string, { readonly rows: number }>;

/** A table that was dropped, or has not the columns any more that say what its rows are: all that the copy has is missing. */
function allOf(table: string, then: Buckets, { because }: StatementFailure): TableDifference {
  const missing = [...then.values()].reduce((sum, { rows }) => sum + rows, 0);
  return {
    ...{ table, alike: 0, missing, missingKeys: null, altered: 0, unexpected: 0, writtenSince: 0 },
    because: `it cannot be read in the running database (${because}), so every row of the copy counts as missing`,
  };
}

/** Too much for one by one: in hours that differ, rows on both sides may all have been altered. */
function byTheHour(differing: readonly string[], before: Buckets, then: Buckets) {
  const hours = differing.map((name) => ({ now: before.get(name)?.rows ?? 0, was: then.get(name)?.rows ?? 0 }));
  const sum = (of: (hour: { now: number; was: number }) => number): number =>
    hours.reduce((total, hour) => total + of(hour), 0);
  return {
    missing: sum(({ now, was }) => Math.max(0, was - now)),
    missingKeys: null,
    altered: sum(({ now, was }) => Math.min(now, was)),
    unexpected: sum(({ now, was }) => Math.max(0, now - was)),
    because: `more than ${MOST_ROWS} rows lie in hours that differ, too many to be told apart: up to so many were altered`,
  };
}

/** By which an attempt that copies can tell that they are still the keys decided on. */
export const keysDigest = (keys: readonly string[]): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(keys)).digest('hex')}`;

/** Type of a column, as a cast needs it. */
export const typeOf = ({ table }: ValidatedTable, column: string): Statement => ({
  sql: `select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attname = $2`,
  values: [quotedTable(table), column],
});

async function ask(
  clients: Clients,
  at: { readonly region: string; readonly cluster: string },
  session: Statement,
  statements: readonly Statement[],
  timeoutMs: number,
): Promise<readonly Rows[]> {
  const [, ...answers] = await clients.queryTogether(at, [session, ...statements], timeoutMs);
  return answers;
}

const HASH = `hashtextextended((whole_row.*)::text collate "C", 0)`;

const written = ({ timestampColumn }: ValidatedTable): string => `whole_row.${quoted(timestampColumn)}::timestamptz`;

/** Rows that do not say when they were written stand in a bucket of their own. */
const bucketOf = (table: ValidatedTable): string =>
  `coalesce(extract(epoch from date_bin(${BUCKET}, ${written(table)}, timestamptz 'epoch'))::bigint, -1)`;

const upTo = (table: ValidatedTable): string =>
  `(${written(table)} <= $1::timestamptz or ${quoted(table.timestampColumn)} is null)`;

const buckets = (table: ValidatedTable, restoredTo: string): Statement => ({
  sql: `select bucket::text as bucket, count(*)::text as rows, sum(hash)::text as checksum
          from (select ${bucketOf(table)} as bucket, ${HASH} as hash
                  from ${quotedTable(table.table)} as whole_row where ${upTo(table)}) as each_row
         group by bucket`,
  values: [restoredTo],
});

/** How many rows a table was given after the instant. */
export const writtenSince = (table: ValidatedTable, restoredTo: string): Statement => ({
  sql: `select count(*)::text as rows from ${quotedTable(table.table)} as whole_row where ${written(table)} > $1::timestamptz`,
  values: [restoredTo],
  mayFail: true,
});

const rowsIn = (table: ValidatedTable, restoredTo: string, names: readonly string[]): Statement => ({
  sql: `select whole_row.${quoted(table.keyColumn)}::text as key, ${HASH}::text as hash
          from ${quotedTable(table.table)} as whole_row
         where ${upTo(table)} and ${bucketOf(table)} = any($2::bigint[]) limit ${MOST_ROWS + 1}`,
  values: [restoredTo, names],
});

async function stillThere(
  source: (statements: readonly Statement[]) => Promise<readonly Rows[]>,
  table: ValidatedTable,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const [types = []] = await source([typeOf(table, table.keyColumn)]);
  const key = quoted(table.keyColumn);
  const chunks = Array.from({ length: Math.ceil(keys.length / KEYS_AT_ONCE) }, (_, index) =>
    keys.slice(index * KEYS_AT_ONCE, (index + 1) * KEYS_AT_ONCE),
  );
  const answers = await source(
    chunks.map((chunk) => ({
      sql: `select ${key}::text as key from ${quotedTable(table.table)} where ${key} = any($1::text[]::${String(types[0]?.['type'])}[])`,
      values: [chunk],
    })),
  );
  return new Set(answers.flatMap((rows) => rows.map((row) => String(row['key']))));
}

const bucketsIn = (rows: Rows): ReadonlyMap<string, { readonly rows: number; readonly checksum: string }> =>
  new Map(rows.map((row) => [String(row['bucket']), { rows: Number(row['rows']), checksum: String(row['checksum']) }]));

const hashes = (rows: Rows): ReadonlyMap<string, string> =>
  new Map(rows.map((row) => [String(row['key']), String(row['hash'])]));
