import type { z } from 'zod';
import { type Decision, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { compareWithCopy as contract } from '../../runbooks/actions/recovery/compare.ts';
import { implement } from '../attempt/implement.ts';
import { comparedTables, comparingMs } from './compared-tables.ts';
import { type TableDifference, tableDifference } from './table-difference.ts';

type Comparison = z.output<(typeof contract)['output']>;

export const compare = implement(contract, {
  async observe(clients, { whole, ...pair }, { service, mode }) {
    const tables = comparedTables(service);
    comparedTables(service, whole);
    // In a dry run nothing was restored that could be compared.
    if (mode === 'dry_run') return null;
    const found: TableDifference[] = [];
    // One after another: a database that is in trouble is not asked everything at once.
    for (const table of tables) {
      found.push(await tableDifference(clients, pair, table, comparingMs(service)));
    }
    return found;
  },
  decide({ restoredTo, whole }, differences, _acted, { service }): Decision<Comparison> {
    if (differences === null) {
      const tables = comparedTables(service).map(({ table }) => counted({ ...NOTHING, table }));
      return wait('nothing was restored that could be compared', summed(tables, restoredTo));
    }
    const lacking = differences.filter(
      ({ table, missing, because }) => whole.includes(table) && (missing > 0 || because !== null),
    );
    if (lacking.length === 0) return done(summed(differences.map(counted), restoredTo));
    const says = lacking
      .map(({ table, missing, because }) => `${missing} rows of ${table}${because === null ? '' : ` (${because})`}`)
      .join(', ');
    return refuse(
      errorShape('DR_VALIDATION_FAILED', `still missing: ${says}`, {
        field: lacking[0]?.table ?? 'tables',
        expected: 0,
        actual: lacking.reduce((sum, { missing }) => sum + missing, 0),
      }),
    );
  },
});

const NOTHING = { alike: 0, missing: 0, missingKeys: [], altered: 0, unexpected: 0, writtenSince: 0, because: null };

/** Keys stay in the worker's memory. */
const counted = ({ missingKeys: _, ...difference }: TableDifference) => difference;

function summed(tables: ReturnType<typeof counted>[], restoredTo: string): Comparison {
  const sum = (of: 'missing' | 'altered' | 'unexpected' | 'writtenSince'): number =>
    tables.reduce((total, table) => total + table[of], 0);
  const [missing, altered, unexpected, writtenSince] = [
    sum('missing'),
    sum('altered'),
    sum('unexpected'),
    sum('writtenSince'),
  ];
  return {
    tables,
    missing,
    altered,
    writtenSince,
    warnings: [
      ...tables.flatMap(({ table, because }) => (because === null ? [] : [`${table}: ${because}`])),
      ...(writtenSince > 0
        ? [`${writtenSince} rows were written since ${restoredTo}: going on with the copy instead would lose them`]
        : []),
      ...(missing > 0
        ? [`${missing} rows were deleted since; those deleted on purpose come back too when rows are copied back`]
        : []),
      ...(altered > 0 ? [`${altered} rows were altered since: copying rows back leaves them as they are now`] : []),
      ...(unexpected > 0
        ? [
            `${unexpected} rows say they are older than the copy, which lacks them: they were added later, or not committed then`,
          ]
        : []),
    ],
  };
}
