import { createHash } from 'node:crypto';
import type { Rows, Statement } from '../../clients/clients.ts';

/** Schemas whose objects are the service's own, as far as no extension made them. */
export const ownSchema = (schema: string): string =>
  `${schema}.nspname !~ '^pg_' and ${schema}.nspname <> 'information_schema'`;

export const notOfAnExtension = (catalogue: string, object: string): string =>
  `not exists (select from pg_depend d where d.classid = '${catalogue}'::regclass and d.objid = ${object} and d.deptype = 'e')`;

/** One line per object: its kind, its name, and everything that makes it what it is. */
const LINES = `
  select 'tables' as kind,
         format('%I.%I %s %s %s %s', n.nspname, c.relname, c.relkind, c.relpersistence, c.relrowsecurity,
                case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where ${ownSchema('n')} and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${notOfAnExtension('pg_class', 'c.oid')}
  union all
  select 'columns',
         format('%I.%I %s %I %s %s %s %s %s', n.nspname, c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
                a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(e.adbin, e.adrelid))
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
   where ${ownSchema('n')} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and a.attnum > 0 and not a.attisdropped
     and ${notOfAnExtension('pg_class', 'c.oid')}
  union all
  select 'constraints', format('%I.%I %I %s %s', n.nspname, c.relname, k.conname, k.convalidated, pg_get_constraintdef(k.oid))
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
   where ${ownSchema('n')} and ${notOfAnExtension('pg_class', 'c.oid')}
  union all
  select 'constraints', format('%I.%I %I %s', n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid))
    from pg_constraint k join pg_type t on t.oid = k.contypid join pg_namespace n on n.oid = t.typnamespace
   where ${ownSchema('n')} and ${notOfAnExtension('pg_type', 't.oid')}
  union all
  select 'indexes', format('%s %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
   where ${ownSchema('n')} and ${notOfAnExtension('pg_class', 'c.oid')}
  union all
  select 'sequences',
         format('%I.%I %s %s %s %s %s %s', n.nspname, c.relname, format_type(s.seqtypid, null), s.seqstart, s.seqincrement,
                s.seqmin, s.seqmax, s.seqcycle)
    from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
   where ${ownSchema('n')} and ${notOfAnExtension('pg_class', 'c.oid')}
  union all
  select 'functions',
         case when p.prokind = 'a'
              then format('%I.%I(%s) returns %s', n.nspname, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid))
              else pg_get_functiondef(p.oid) end
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where ${ownSchema('n')} and ${notOfAnExtension('pg_proc', 'p.oid')}
  union all
  select 'triggers', format('%s %s', pg_get_triggerdef(t.oid), t.tgenabled)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
   where ${ownSchema('n')} and not t.tgisinternal and ${notOfAnExtension('pg_class', 'c.oid')}
  union all
  select 'policies', format('%I.%I %I %s %s %s', n.nspname, c.relname, p.polname, p.polcmd,
                            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
   where ${ownSchema('n')}
  union all
  select 'types', format('%I.%I %s %s %s %s', n.nspname, t.typname, t.typtype, format_type(nullif(t.typbasetype, 0), t.typtypmod),
                         t.typdefault,
                         (select string_agg(quote_literal(l.enumlabel), ',' order by l.enumsortorder) from pg_enum l where l.enumtypid = t.oid))
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
   where ${ownSchema('n')} and t.typtype in ('e', 'd') and ${notOfAnExtension('pg_type', 't.oid')}
  union all
  select 'extensions', format('%I %s', extname, extversion) from pg_extension`;

const sha256 = (text: string): string => `encode(sha256(convert_to(coalesce(${text}, ''), 'UTF8')), 'hex')`;

/** SHA-256 of every kind of object. Ask it with nothing on the search path: definitions then read alike everywhere. */
export const fingerprints: Statement = {
  sql: `select kind, ${sha256(`string_agg(line, E'\\n' order by line collate "C")`)} as fingerprint
          from (${LINES}) as lines group by kind order by kind collate "C"`,
};

/** Kind of object to the SHA-256 of all of that kind. */
export const readFingerprints = (rows: Rows): Readonly<Record<string, string>> =>
  Object.fromEntries(rows.map((row) => [String(row['kind']), String(row['fingerprint'])]));

/** One SHA-256 of all kinds together. */
export function fingerprintOfAll(parts: Readonly<Record<string, string>>): string {
  const lines = Object.entries(parts).map(([kind, fingerprint]) => `${kind} ${fingerprint}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}
