import type { Rows } from './clients.ts';

/** Why the database refused one statement. */
export interface StatementFailure {
  /** SQLSTATE, five characters: `XX002`. */
  readonly code: string;
  /** The database's sentence; only the code where that sentence could quote a row. */
  readonly because: string;
}

const SQL_STATE = /^[0-9A-Z]{5}$/;
/** Connection, transaction, resources, cancelled or shut down: true of the whole session, whatever was asked. */
const OF_THE_SESSION = /^(08|25|40003|53|57)/;
/** Damage, names, permissions and states: sentences about objects. Others, class 22 above all, quote values. */
const ABOUT_OBJECTS = /^(0A|3F|40|42|55|58|XX)/;

/** What stands in place of a statement's rows when it may fail; `null` for a failure that is not the statement's own. */
export function failureRows(caught: unknown): Rows | null {
  const { code, message } = caught as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string' || !SQL_STATE.test(code) || OF_THE_SESSION.test(code)) return null;
  const because = ABOUT_OBJECTS.test(code) ? `${code}: ${String(message)}` : code;
  return [{ statementFailure: { code, because: because.slice(0, 300) } satisfies StatementFailure }];
}

/** The failure that stands in place of rows; `null` when these are rows. */
export function failureIn(rows: Rows): StatementFailure | null {
  return (rows[0]?.['statementFailure'] as StatementFailure | undefined) ?? null;
}
