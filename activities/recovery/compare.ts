import type { z } from 'zod';
import { type Decision, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { compareWithCopy as contract } from '../../runbooks/actions/recovery/compare.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import { findCluster } from '../restore/look-up.ts';
import { isOf, tagsOf } from '../restore/tags.ts';
import { comparedTables, comparingMs } from './compared-tables.ts';
import { swapNamesOf } from './swap-names.ts';
import { type Pair, type TableDifference, tableDifference } from './table-difference.ts';

type Comparison = z.output<(typeof contract)['output']>;

export const compare = implement(contract, {
  async observe(clients, { whole, maybeSwapped, ...asked }, { service, mode, executionId }) {
    const tables = comparedTables(service);
    comparedTables(service, whole);
    // In a dry run nothing was restored that could be compared.
    if (mode === 'dry_run') return null;
    const pair = maybeSwapped ? await asTheyStand(clients, asked, executionId) : asked;
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
    const lacking = differences.filter(({ table, missingKeys }) => whole.includes(table) && missingKeys.length > 0);
    if (lacking.length === 0) return done(summed(differences.map(counted), restoredTo));
    const says = lacking.map(({ table, missingKeys }) => `${missingKeys.length} rows of ${table}`).join(', ');
    return refuse(
      errorShape('DR_VALIDATION_FAILED', `still missing: ${says}`, {
        field: lacking[0]?.table ?? 'tables',
        expected: 0,
        actual: lacking.reduce((sum, { missingKeys }) => sum + missingKeys.length, 0),
      }),
    );
  },
});

/** The pair by the names it has now: after a swap the copy has the source's. */
async function asTheyStand(clients: Clients, pair: Pair, executionId: string): Promise<Pair> {
  const found = await findCluster(clients, pair.region, pair.source);
  if (!found || !isOf(tagsOf(found), executionId)) return pair;
  return { ...pair, source: swapNamesOf(pair.source, executionId).aside, copy: pair.source };
}

const NOTHING = { alike: 0, missingKeys: [], altered: 0, unexpected: 0, writtenSince: 0 };

const counted = ({ missingKeys, ...difference }: TableDifference) => ({ ...difference, missing: missingKeys.length });

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
