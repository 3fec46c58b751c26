import type { Rows, Statement } from '../../clients/clients.ts';
import { quoted, shownName } from './identifiers.ts';
import { notOfAnExtension, ownSchema } from './schema-fingerprint.ts';

export interface Index {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly table: string;
  readonly valid: boolean;
  readonly ready: boolean;
  /** A B-tree with pages of its own: what `bt_index_check` can look at. */
  readonly btree: boolean;
}

export const listIndexes: Statement = {
  sql: `select c.oid::text as oid, n.nspname as schema, c.relname as name, t.relname as table, i.indisvalid as valid,
               i.indisready and i.indislive as ready, am.amname = 'btree' and c.relkind = 'i' as btree
          from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam
          join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
         where ${ownSchema('n')} and t.relpersistence <> 't' and ${notOfAnExtension('pg_class', 't.oid')}
         order by n.nspname, c.relname`,
};

export const readIndexes = (rows: Rows): readonly Index[] =>
  rows.map((row) => ({
    oid: String(row['oid']),
    schema: String(row['schema']),
    name: String(row['name']),
    table: String(row['table']),
    valid: row['valid'] === true,
    ready: row['ready'] === true,
    btree: row['btree'] === true,
  }));

export const indexName = ({ schema, name }: Index): string => shownName(schema, name);
export const canBeChecked = ({ btree, valid, ready }: Index): boolean => btree && valid && ready;

export const findAmcheck: Statement = {
  sql: `select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'`,
};

/** Fails when the index is out of order, or misses a row that stands in its table. */
export const checkIndex = (amcheckSchema: string, { oid }: Index): Statement => ({
  sql: `select ${quoted(amcheckSchema)}.bt_index_check($1::oid::regclass, true)`,
  values: [oid],
  mayFail: true,
});

/** The same for every index of the system's own tables, and of the tables that hold long values. */
export const checkSystemIndexes = (amcheckSchema: string): Statement => ({
  sql: `select count(${quoted(amcheckSchema)}.bt_index_check(c.oid::regclass, true)::text)::text as indexes
          from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam
          join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('pg_catalog', 'pg_toast') and am.amname = 'btree' and c.relkind = 'i'
           and i.indisvalid and i.indisready`,
  mayFail: true,
});
