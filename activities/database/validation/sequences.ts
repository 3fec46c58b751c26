import type { Rows, Statement } from '../../clients/clients.ts';
import { textIn } from './ask-in-groups.ts';
import { quoted, shownName } from './identifiers.ts';
import { notOfAnExtension, ownSchema } from './schema-fingerprint.ts';

/** A sequence that a column owns: identity columns and serial ones. */
export interface OwnedSequence {
  readonly schema: string;
  readonly name: string;
  readonly tableSchema: string;
  readonly table: string;
  readonly column: string;
  /** It counts down. */
  readonly descending: boolean;
  /** It begins again at its end, so it may stand anywhere. */
  readonly cycles: boolean;
}

export const listSequences: Statement = {
  sql: `select sn.nspname as schema, s.relname as name, tn.nspname as table_schema, t.relname as table, a.attname as column,
               q.seqincrement < 0 as descending, q.seqcycle as cycles
          from pg_depend d
          join pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_namespace sn on sn.oid = s.relnamespace
          join pg_sequence q on q.seqrelid = s.oid
          join pg_class t on t.oid = d.refobjid join pg_namespace tn on tn.oid = t.relnamespace
          join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
         where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
           and d.refobjsubid > 0 and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
           and ${ownSchema('tn')} and ${notOfAnExtension('pg_class', 't.oid')}
         order by 3, 4, 5, 1, 2`,
};

export const readSequences = (rows: Rows): readonly OwnedSequence[] =>
  rows.map((row) => ({
    schema: String(row['schema']),
    name: String(row['name']),
    tableSchema: String(row['table_schema']),
    table: String(row['table']),
    column: String(row['column']),
    descending: row['descending'] === true,
    cycles: row['cycles'] === true,
  }));

export const sequenceName = ({ schema, name }: OwnedSequence): string => shownName(schema, name);
export const tableOf = ({ tableSchema, table }: OwnedSequence): string => shownName(tableSchema, table);

/** The furthest value in the column, in the direction the sequence counts. */
export const furthestInUse = (sequence: OwnedSequence): Statement => ({
  sql: `select ${furthest(sequence)} as furthest`,
});

/** The same, with where the sequence itself stands. */
export const sequenceState = (sequence: OwnedSequence): Statement => ({
  sql: `select last_value::text as last, is_called as called, ${furthest(sequence)} as furthest
          from ${quoted(sequence.schema)}.${quoted(sequence.name)}`,
  mayFail: true,
});

const furthest = ({ tableSchema, table, column, descending }: OwnedSequence): string =>
  `(select ${descending ? 'min' : 'max'}(${quoted(column)})::text from ${quoted(tableSchema)}.${quoted(table)})`;

export interface SequenceState {
  /** The last value it gave, or, when not `called`, the first that it will give. */
  readonly last: string;
  readonly called: boolean;
  readonly furthest: string | null;
}

export const readSequenceState = (rows: Rows): SequenceState => ({
  last: String(textIn(rows, 'last')),
  called: rows[0]?.['called'] === true,
  furthest: textIn(rows, 'furthest'),
});
