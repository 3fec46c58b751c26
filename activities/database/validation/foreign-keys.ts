import type { Rows, Statement } from '../../clients/clients.ts';
import { quoted, shownName } from './identifiers.ts';
import { notOfAnExtension, ownSchema } from './schema-fingerprint.ts';

interface Relation {
  readonly schema: string;
  readonly name: string;
  /** A key of a plain table is its own rows' only; one of a partitioned table is for all partitions. */
  readonly partitioned: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly child: Relation;
  readonly parent: Relation;
  /** `full`: either every column is null or none may be. `simple`: one null column is enough to refer to nothing. */
  readonly match: 'simple' | 'full';
  readonly definition: string;
  /** PostgreSQL looked at every row when the key was made or validated. */
  readonly validated: boolean;
  readonly columns: readonly KeyColumn[];
}

interface KeyColumn {
  readonly child: string;
  readonly parent: string;
  /** The operator that the key itself compares with, `pg_catalog` and `=`. */
  readonly operator: readonly [schema: string, name: string];
  /** Of the parent's column; `null` for types that have none. */
  readonly collation: readonly [schema: string, name: string] | null;
}

export const listForeignKeys: Statement = {
  sql: `select k.conname as name, k.confmatchtype as match, k.convalidated as validated, pg_get_constraintdef(k.oid) as definition,
               json_build_object('schema', cn.nspname, 'name', c.relname, 'partitioned', c.relkind = 'p') as child,
               json_build_object('schema', pn.nspname, 'name', p.relname, 'partitioned', p.relkind = 'p') as parent,
               (select json_agg(json_build_object(
                         'child', ca.attname, 'parent', pa.attname, 'operator', json_build_array(opn.nspname, op.oprname),
                         'collation', case when co.oid is not null then json_build_array(con.nspname, co.collname) end)
                       order by each.position)
                  from unnest(k.conkey, k.confkey, k.conpfeqop) with ordinality as each(child, parent, operator, position)
                  join pg_attribute ca on ca.attrelid = k.conrelid and ca.attnum = each.child
                  join pg_attribute pa on pa.attrelid = k.confrelid and pa.attnum = each.parent
                  join pg_operator op on op.oid = each.operator join pg_namespace opn on opn.oid = op.oprnamespace
                  left join pg_collation co on co.oid = pa.attcollation
                  left join pg_namespace con on con.oid = co.collnamespace) as columns
          from pg_constraint k
          join pg_class c on c.oid = k.conrelid join pg_namespace cn on cn.oid = c.relnamespace
          join pg_class p on p.oid = k.confrelid join pg_namespace pn on pn.oid = p.relnamespace
         where k.contype = 'f' and k.conparentid = 0 and ${ownSchema('cn')} and ${notOfAnExtension('pg_class', 'c.oid')}
         order by cn.nspname, c.relname, k.conname`,
};

export const readForeignKeys = (rows: Rows): readonly ForeignKey[] =>
  rows.map((row) => ({
    name: String(row['name']),
    // The query builds these three as JSON of exactly these shapes.
    child: row['child'] as Relation,
    parent: row['parent'] as Relation,
    columns: row['columns'] as readonly KeyColumn[],
    match: row['match'] === 'f' ? 'full' : 'simple',
    definition: String(row['definition']),
    validated: row['validated'] === true,
  }));

export const childOf = ({ child }: ForeignKey): string => shownName(child.schema, child.name);
export const parentOf = ({ parent }: ForeignKey): string => shownName(parent.schema, parent.name);

/** Why this key promises nothing that could be held against a copy; `null` when it does. */
export function promisesNothing(key: ForeignKey): string | null {
  if (/\bNOT ENFORCED\b/.test(key.definition))
    return 'it is declared NOT ENFORCED: the source does not hold to it either';
  if (!key.validated) return 'it is declared NOT VALID: the source may break it too';
  // Its last column compares ranges against several rows together, which no anti-join tells.
  if (/\bPERIOD\b/.test(key.definition)) return 'it is a key over periods, which an anti-join cannot look at';
  return null;
}

/**
 * Rows that refer to nothing. PostgreSQL holds a key that was valid once for valid ever after, so validating it anew looks at no row;
 * an anti-join does.
 */
export function countOrphans({ child, parent, columns, match }: ForeignKey): Statement {
  const own = columns.map((column) => `child.${quoted(column.child)}`);
  const refers =
    match === 'full'
      ? `not (${own.map((column) => `${column} is null`).join(' and ')})`
      : own.map((column) => `${column} is not null`).join(' and ');
  const equal = columns.map(({ child: from, parent: to, operator: [schema, operator], collation }) => {
    const collate = collation === null ? '' : ` collate ${quoted(collation[0])}.${quoted(collation[1])}`;
    return `parent.${quoted(to)}${collate} operator(${quoted(schema)}.${operator}) child.${quoted(from)}${collate}`;
  });
  return {
    sql: `select count(*)::text as orphans from ${relation(child)} as child
           where ${refers} and not exists (select from ${relation(parent)} as parent where ${equal.join(' and ')})`,
    mayFail: true,
  };
}

const relation = ({ schema, name, partitioned }: Relation): string =>
  `${partitioned ? '' : 'only '}${quoted(schema)}.${quoted(name)}`;
