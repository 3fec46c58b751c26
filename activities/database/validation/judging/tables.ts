import type { Bookmark } from '../../../../runbooks/actions/database/bookmark-schema.ts';
import type { SeenCopy } from '../look-at-copy.ts';
import { sum } from '../settled-rows.ts';
import { type Check, counted, failed, noticed, notRun, passed, unansweredThoughDeclared } from './check.ts';
import { judgeRows } from './rows.ts';

/** Every declared table: its rows against the bookmark, and that no key stands twice. */
export function judgeTables(bookmark: Bookmark | null, { tables }: SeenCopy): readonly Check[] {
  const declared = tables.flatMap((seen) => judgeTable(bookmark, seen));
  const gone = (bookmark?.tables ?? []).filter(({ table }) => !tables.some((seen) => seen.table === table));
  return [...declared, ...gone.map(({ table }) => notRun(`rows:${table}`, `${table} is no longer declared`))];
}

function judgeTable(
  bookmark: Bookmark | null,
  { table, counted: count, doubleKeys }: SeenCopy['tables'][number],
): readonly Check[] {
  if ('failure' in count) return [unansweredThoughDeclared(`rows:${table}`, `table ${table}`, count.failure)];
  const marked = bookmark?.tables.find((candidate) => candidate.table === table);
  const rows = marked
    ? judgeRows(marked, count.value, bookmark?.taken ?? 'exact')
    : [withoutExpectation(table, sum(count.value.buckets))];
  return [...rows, judgeKeys(table, doubleKeys)];
}

function withoutExpectation(table: string, found: number): Check {
  const id = `rows:${table}`;
  return found === 0
    ? noticed(id, `${table} holds no row, and nothing tells whether it should`, null, 0)
    : { ...notRun(id, `nothing tells how many rows ${table} should hold`), found };
}

function judgeKeys(table: string, doubleKeys: SeenCopy['tables'][number]['doubleKeys']): Check {
  const id = `key:${table}`;
  if ('failure' in doubleKeys) return unansweredThoughDeclared(id, `the keys of ${table}`, doubleKeys.failure);
  return doubleKeys.value === 0
    ? passed(id, `keys of ${table} that stand twice or are missing`, 0, 0)
    : failed(id, `${counted(doubleKeys.value, 'key')} of ${table} stand twice or are missing`, 0, doubleKeys.value);
}
