import type { Bookmark } from '../../../../runbooks/actions/database/bookmark-schema.ts';
import { childOf, parentOf, promisesNothing } from '../foreign-keys.ts';
import { indexName } from '../indexes.ts';
import type { SeenCopy } from '../look-at-copy.ts';
import { fingerprintOfAll } from '../schema-fingerprint.ts';
import { type Check, counted, failed, noticed, notRun, passed, unanswered } from './check.ts';

export function judgeForeignKeys({ foreignKeys }: SeenCopy): readonly Check[] {
  return foreignKeys.map(({ key, orphans }) => {
    const id = `foreign-key:${key.name}`;
    if (orphans === null) return notRun(id, promisesNothing(key) ?? 'it was not looked at');
    if ('failure' in orphans) return unanswered(id, `${childOf(key)} or ${parentOf(key)}`, orphans.failure);
    return orphans.value === 0
      ? passed(id, `rows of ${childOf(key)} that refer to nothing in ${parentOf(key)}`, 0, 0)
      : failed(
          id,
          `${counted(orphans.value, 'row')} of ${childOf(key)} refer to nothing in ${parentOf(key)}`,
          0,
          orphans.value,
        );
  });
}

export function judgeIndexes({ indexes, amcheck, systemIndexes }: SeenCopy): readonly Check[] {
  return [...indexes.map((seen) => judgeIndex(seen, amcheck)), ...judgeSystemIndexes(systemIndexes)];
}

function judgeIndex({ index, whole }: SeenCopy['indexes'][number], amcheck: boolean): Check {
  const id = `index:${indexName(index)}`;
  const state = index.valid ? (index.ready ? 'ready' : 'not ready') : 'invalid';
  if (state !== 'ready') return failed(id, `an index of ${index.table} that cannot be used`, 'ready', state);
  if (whole === null) {
    return notRun(
      id,
      amcheck ? 'only B-trees can be looked at' : 'extension amcheck is not installed in this database',
    );
  }
  if ('failure' in whole) return unanswered(id, `an index of ${index.table}`, whole.failure);
  return passed(id, `an index of ${index.table}: in order, and it finds every row`, 'whole', 'whole');
}

function judgeSystemIndexes(systemIndexes: SeenCopy['systemIndexes']): readonly Check[] {
  const id = 'system-indexes';
  if (systemIndexes === null) return [];
  if ('failure' in systemIndexes) return [unanswered(id, 'an index of the system’s own tables', systemIndexes.failure)];
  return [passed(id, 'indexes of the system’s own tables: in order, and they find every row', 'whole', 'whole')];
}

export function judgeSchema(bookmark: Bookmark | null, { fingerprints }: SeenCopy): Check {
  if (bookmark === null) return notRun('schema', 'nothing tells what it should be');
  const found = fingerprintOfAll(fingerprints);
  const expected = bookmark.schemaFingerprint;
  if (found === expected) return passed('schema', 'tables, columns, constraints, indexes, functions', expected, found);
  const parts = bookmark.schemaParts ?? {};
  const different = [...new Set([...Object.keys(parts), ...Object.keys(fingerprints)])]
    .filter((kind) => bookmark.schemaParts !== undefined && parts[kind] !== fingerprints[kind])
    .sort();
  const words = `${different.join(', ') || 'definitions'} are not what they were`;
  return bookmark.taken === 'exact'
    ? failed('schema', words, expected, found)
    : noticed('schema', `${words}: the source may have been migrated since`, expected, found);
}

export function judgePages({ pageFailures }: SeenCopy): Check {
  const id = 'data-checksums';
  if (pageFailures === null) return notRun(id, 'pages carry no checksums here');
  return pageFailures === 0
    ? passed(id, 'pages whose checksum does not match', 0, 0)
    : failed(id, `${counted(pageFailures, 'page')} with a wrong checksum`, 0, pageFailures);
}
