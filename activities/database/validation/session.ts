import type { Statement } from '../../clients/clients.ts';

/**
 * Settings that change how a value is written as text: a source and its copy may run with different parameter groups. And no
 * row may be hidden: with row security off, a query that a policy would thin out fails instead.
 */
const ALIKE: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmlbinary: 'base64',
  quote_all_identifiers: 'off',
  row_security: 'off',
};

/** Few buckets of many rows: hashed into groups they need no memory; sorted first, which the planner prefers, they spill to disk. */
const HASHED: Readonly<Record<string, string>> = { enable_sort: 'off' };

/** Damaged indexes must not hide what tables hold, so a copy's tables are read from end to end. */
const TABLES_ONLY: Readonly<Record<string, string>> = {
  enable_indexscan: 'off',
  enable_indexonlyscan: 'off',
  enable_bitmapscan: 'off',
};

/** What the source must be asked with, and its transaction's instant in `lifeboat.at`: the one named, or now. */
export function sourceSession(asOf: string | null): Statement {
  const at = asOf === null ? 'clock_timestamp()' : '$1::timestamptz';
  // The snapshot is taken before the first statement runs, so everything in it was committed before this instant.
  return setting(
    { ...ALIKE, ...HASHED },
    `set_config('lifeboat.at', ${at}::text, true) as at`,
    asOf === null ? [] : [asOf],
  );
}

export const copySession: Statement = setting({ ...ALIKE, ...HASHED, ...TABLES_ONLY }, 'true as set', []);

/**
 * Definitions then name every schema but the system's own, whatever the search path was. From here on nothing unqualified is
 * found, and the catalogue is read as it is meant to be.
 */
export const qualifyEverything: Statement = setting(
  Object.fromEntries(Object.keys(TABLES_ONLY).map((name) => [name, 'on'])),
  `set_config('search_path', 'pg_catalog', true)`,
  [],
);

function setting(settings: Readonly<Record<string, string>>, last: string, values: readonly unknown[]): Statement {
  const each = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', true)`);
  return { sql: `select ${[...each, last].join(', ')}`, values };
}
