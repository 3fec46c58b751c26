import type { Bookmark } from '../../../../runbooks/actions/database/bookmark-schema.ts';
import type { Validation } from '../../../../runbooks/actions/database/validate.ts';
import { newestCanaryOfAll } from '../canaries.ts';
import type { SeenCopy } from '../look-at-copy.ts';
import { sum } from '../settled-rows.ts';
import { judgeCanaries } from './canaries.ts';
import { type Check, passed } from './check.ts';
import { judgeInvariants } from './invariants.ts';
import { judgeSequences } from './sequences.ts';
import { judgeForeignKeys, judgeIndexes, judgePages, judgeSchema } from './structure.ts';
import { judgeTables } from './tables.ts';

/** As many as a record takes. */
const MOST_CHECKS = 400;

/** Everything that was seen of a copy, held against what the source held. Pure. */
export function judgeCopy(
  bookmark: Bookmark | null,
  seen: SeenCopy,
): { readonly validation: Validation; readonly failed: readonly Check[] } {
  const checks = [
    ...judgeTables(bookmark, seen),
    ...judgeForeignKeys(seen),
    ...judgeSequences(bookmark, seen),
    ...judgeCanaries(bookmark, seen),
    ...judgeInvariants(seen),
    judgeSchema(bookmark, seen),
    ...judgeIndexes(seen),
    judgePages(seen),
  ];
  const canaries = seen.newestCanaries && 'value' in seen.newestCanaries ? seen.newestCanaries.value : [];
  return {
    validation: {
      validatedAt: seen.finishedAt,
      checks: shortened(checks),
      passed: checks.filter(({ verdict }) => verdict === 'passed').length,
      rowsExpected: bookmark?.tables.reduce((rows, table) => rows + table.rows, 0) ?? null,
      rowsFound: rowsFound(bookmark, seen),
      newestCanaryAt: newestCanaryOfAll(canaries),
      sizeBytes: seen.sizeBytes,
    },
    failed: checks.filter(({ verdict }) => verdict === 'failed'),
  };
}

/** Of the tables that the bookmark knows: a table declared since would count rows that nobody expected. */
function rowsFound(bookmark: Bookmark | null, { tables }: SeenCopy): number {
  const known = tables.filter(({ table }) => bookmark?.tables.some((marked) => marked.table === table) ?? true);
  return known.reduce((rows, { counted }) => rows + ('value' in counted ? sum(counted.value.buckets) : 0), 0);
}

/** Whatever did not simply pass comes first when not everything can be told. */
function shortened(checks: readonly Check[]): Check[] {
  if (checks.length <= MOST_CHECKS) return [...checks];
  const remarkable = checks.filter(({ verdict }) => verdict !== 'passed');
  const told = [...remarkable, ...checks.filter(({ verdict }) => verdict === 'passed')].slice(0, MOST_CHECKS - 1);
  const left = checks.length - told.length;
  return remarkable.length < MOST_CHECKS ? [...told, passed('others', `${left} more checks passed`, left, left)] : told;
}
