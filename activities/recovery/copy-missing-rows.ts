import type { Call } from '../../domain/action.ts';
import { LifeboatError, shapeOf } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Service } from '../../domain/service.ts';
import type { Clients, Rows, Statement } from '../clients/clients.ts';
import { quoted, quotedTable } from '../database/validation/identifiers.ts';
import { sourceSession } from '../database/validation/session.ts';
import { comparedTables, comparingMs } from './compared-tables.ts';
import { keysDigest, type Pair, tableDifference, typeOf } from './table-difference.ts';

/** Each batch is a transaction of its own: short, and what is done stays done. */
const ROWS_AT_ONCE = 200;

/**
 * Executes one `sql:CopyRows`: finds the missing rows again, makes sure they are those decided on, and inserts them. Rows pass
 * through memory as JSON text that nothing here reads.
 * @throws LifeboatError `DR_CALL_FAILED`, retryable, when other rows are missing by now.
 */
export async function copyMissingRows(
  clients: Clients,
  write: (at: { readonly region: string; readonly cluster: string }, statement: Statement) => Promise<Rows>,
  service: Service,
  { region, input }: Call,
  signal: AbortSignal,
): Promise<JsonObject> {
  const order = input as unknown as Order;
  const [table] = comparedTables(service, [order.table]);
  if (!table) throw new TypeError(`no table ${order.table}`);
  const pair: Pair = { region, source: order.to, copy: order.from, restoredTo: order.restoredTo };
  const { missingKeys: found } = await tableDifference(clients, pair, table, comparingMs(service));
  const missingKeys = found ?? [];
  if (keysDigest(missingKeys) !== order.keysDigest) {
    throw new LifeboatError('DR_CALL_FAILED', `${order.table}: other rows are missing now than were decided on`, {
      expected: order.rows,
      actual: missingKeys.length,
      retryable: true,
    });
  }
  const asked = await clients.queryTogether(
    { region, cluster: order.to },
    [typeOf(table, table.keyColumn), columnsOf(order.table)],
    comparingMs(service),
  );
  const type = String(asked[0]?.[0]?.['type']);
  const columns = (asked[1] ?? []).map((row) => quoted(String(row['name']))).join(', ');
  let copied = 0;
  for (let first = 0; first < missingKeys.length; first += ROWS_AT_ONCE) {
    signal.throwIfAborted();
    const keys = missingKeys.slice(first, first + ROWS_AT_ONCE);
    const [, taken] = await clients.queryTogether(
      { region, cluster: order.from },
      [sourceSession(null), taking(order.table, columns, quoted(table.keyColumn), type, keys)],
      comparingMs(service),
    );
    const rows = taken?.[0];
    if (Number(rows?.['count']) !== keys.length) {
      throw new LifeboatError('DR_VALIDATION_FAILED', `${order.table}: the copy does not give the rows that it has`, {
        field: order.table,
        expected: keys.length,
        actual: Number(rows?.['count'] ?? 0),
        remedy: 'An index of the copy may be damaged: restore again, or rebuild it.',
      });
    }
    const putBack = putting(order.table, columns, String(rows?.['rows']));
    const [inserted] = await write({ region, cluster: order.to }, putBack).catch((caught: unknown) => {
      throw withoutValues(caught, order.table);
    });
    copied += Number(inserted?.['count'] ?? 0);
  }
  return { table: order.table, copied };
}

/** What the database says about a row may quote it; only sentences that name nothing but tables, columns and constraints pass. */
const NAMES_ONLY =
  /violates [a-z -]+ constraint|permission denied|(relation|column|type|function) "[^"]*" does not exist|time-?out|terminat|ECONN|did not answer/;

function withoutValues(caught: unknown, table: string): unknown {
  if (caught instanceof Error && NAMES_ONLY.test(caught.message)) return caught;
  const retryable = shapeOf(caught).retryable;
  return new LifeboatError('DR_CALL_FAILED', `${table}: the database does not take the rows`, {
    field: table,
    retryable,
  });
}

interface Order {
  readonly table: string;
  readonly from: string;
  readonly to: string;
  readonly restoredTo: string;
  readonly rows: number;
  readonly keysDigest: string;
}

/** What is computed from other columns is computed again. */
const columnsOf = (table: string): Statement => ({
  sql: `select attname as name from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
  values: [quotedTable(table)],
});

const taking = (table: string, columns: string, key: string, type: string, keys: readonly string[]): Statement => ({
  sql: `select json_agg(whole_row)::text as rows, count(*)::text as count
          from (select ${columns} from ${quotedTable(table)} where ${key} = any($1::text[]::${type}[])) as whole_row`,
  values: [keys],
});

const putting = (table: string, columns: string, rows: string): Statement => ({
  sql: `with inserted as (
          insert into ${quotedTable(table)} (${columns}) overriding system value
          select ${columns} from json_populate_recordset(null::${quotedTable(table)}, $1::json)
          on conflict do nothing returning 1)
        select count(*)::text as count from inserted`,
  values: [rows],
});
