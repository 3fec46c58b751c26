import type { Service } from '../../../domain/service.ts';
import type { Rows, Statement } from '../../clients/clients.ts';
import { textIn } from './ask-in-groups.ts';
import { quoted, quotedTable, Values } from './identifiers.ts';
import { isoInstant, settledBefore, writtenAt } from './settled-rows.ts';

export interface Canary {
  readonly vantage: string;
  readonly number: number;
  readonly writtenAt: string;
}

/** When canaries were written, where the service declares it. */
export function declaredCanaryTime(service: Service): string | null {
  const { canary, validation } = service.database;
  return validation?.tables.find(({ table }) => table === canary.table)?.timestampColumn ?? null;
}

/** Columns of the canary table that the database fills with the time of writing. */
export const findCanaryTime = ({ database: { canary } }: Service): Statement => ({
  sql: `select a.attname as column from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         where a.attrelid = to_regclass($1) and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype)
           and pg_get_expr(d.adbin, d.adrelid) ~* '(now|clock_timestamp|statement_timestamp|transaction_timestamp)\\(|current_timestamp'`,
  values: [quotedTable(canary.table)],
});

/** The column, when there is exactly one: of two nobody can tell which is meant. */
export const readCanaryTime = (rows: Rows): string | null => (rows.length === 1 ? textIn(rows, 'column') : null);

/** The newest canary per vantage: of all, or of those that were settled by the transaction's instant. */
export function newestCanaries(service: Service, timeColumn: string, settledAfterSeconds: number | null): Statement {
  const values = new Values();
  const { table, vantageColumn, numberColumn } = service.database.canary;
  const [vantage, number] = [quoted(vantageColumn), quoted(numberColumn)];
  const written = writtenAt(timeColumn);
  const until = settledAfterSeconds === null ? 'true' : `${written} < ${settledBefore(settledAfterSeconds, values)}`;
  // Sorting every canary there ever was would take longer than reading them twice.
  return {
    sql: `with newest as (select ${vantage} as vantage, max(${number}) as number from ${quotedTable(table)}
                           where ${vantage} is not null and ${number} is not null and ${until} group by ${vantage})
          select newest.vantage::text as vantage, newest.number::text as number,
                 (select ${isoInstant(`max(candidate.${written})`)} from ${quotedTable(table)} as candidate
                   where candidate.${vantage} = newest.vantage and candidate.${number} = newest.number) as written
            from newest order by 1`,
    values: values.list,
    mayFail: true,
  };
}

export const readCanaries = (rows: Rows): Canary[] =>
  rows.map((row) => ({
    vantage: String(row['vantage']),
    number: Number(row['number']),
    writtenAt: String(row['written']),
  }));

/** Which of these canaries are there. */
export function findCanaries(service: Service, canaries: readonly Canary[]): Statement {
  const { table, vantageColumn, numberColumn } = service.database.canary;
  return {
    sql: `select ${quoted(vantageColumn)}::text as vantage, ${quoted(numberColumn)}::text as number
            from ${quotedTable(table)}
           where (${quoted(vantageColumn)}::text, ${quoted(numberColumn)}::numeric)
              in (select * from unnest($1::text[], $2::numeric[]))`,
    values: [canaries.map(({ vantage }) => vantage), canaries.map(({ number }) => number)],
    mayFail: true,
  };
}

/** When the newest canary of any vantage was written. */
export const newestCanaryOfAll = (canaries: readonly Canary[]): string | null =>
  canaries
    .map((canary) => canary.writtenAt)
    .reduce<string | null>((newest, at) => (newest === null || at > newest ? at : newest), null);
