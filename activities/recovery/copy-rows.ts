import { type Acted, type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import { copyRows as contract } from '../../runbooks/actions/recovery/copy-rows.ts';
import { implement } from '../attempt/implement.ts';
import { comparedTables, comparingMs } from './compared-tables.ts';
import { keysDigest, type Pair, type TableDifference, tableDifference } from './table-difference.ts';

export const copyRows = implement(contract, {
  async observe(clients, { tables, ...pair }, { service, mode }) {
    const declared = comparedTables(service, tables);
    // In a dry run nothing was restored that rows could come from.
    if (mode === 'dry_run') return null;
    const found: TableDifference[] = [];
    for (const table of declared) found.push(await tableDifference(clients, pair, table, comparingMs(service)));
    return found;
  },
  decide({ tables, ...pair }, differences, acted, { observedAt }) {
    const copied = tables.map((table) => ({ table, copied: copiedBy(acted, table) }));
    const output = {
      tables: copied,
      copied: copied.reduce((sum, table) => sum + table.copied, 0),
      copiedBackAt: observedAt,
    };
    if (differences === null) {
      return wait(
        'rows come from what will have been restored by then',
        output,
        tables.map((table) => copying(pair, table, [])),
      );
    }
    const untold = differences.find(({ missingKeys }) => missingKeys === null);
    if (untold) return refuse(notOneByOne(untold));
    const lacking = differences.flatMap(({ table, missingKeys }) =>
      missingKeys !== null && missingKeys.length > 0 ? [{ table, missingKeys }] : [],
    );
    if (lacking.length === 0) return done(output);
    const stuck = lacking.find(({ table }) => wasTried(acted, table));
    if (stuck) {
      return refuse(
        errorShape(
          'DR_VALIDATION_FAILED',
          `${stuck.missingKeys.length} rows of ${stuck.table} cannot be put back: other rows have what must be unique in them`,
          { field: stuck.table, expected: 0, actual: stuck.missingKeys.length },
        ),
      );
    }
    const rows = lacking.reduce((sum, { missingKeys }) => sum + missingKeys.length, 0);
    return call(
      lacking.map(({ table, missingKeys }) => copying(pair, table, missingKeys)),
      `${rows} rows are missing`,
      {
        ...output,
        tables: differences.map(({ table, missing }) => ({ table, copied: missing })),
        copied: rows,
      },
    );
  },
});

const notOneByOne = ({ table, because }: TableDifference): ErrorShape =>
  errorShape('DR_VALIDATION_FAILED', `${table}: ${because}`, {
    field: table,
    remedy: 'Rows cannot be copied back one by one. Deny or abort, and start again with then=keep or then=swap.',
  });

/** The keys themselves stay out: a call is shown and kept. */
const copying = ({ region, source, copy, restoredTo }: Pair, table: string, keys: readonly string[]): Call => ({
  service: 'sql',
  operation: 'CopyRows',
  region,
  target: `${table}: ${copy} → ${source}`,
  input: { table, from: copy, to: source, restoredTo, rows: keys.length, keysDigest: keysDigest(keys) },
});

const resultsOf = (acted: Acted | null) =>
  (acted?.results ?? []) as readonly { readonly table: string; readonly copied: number }[];

const wasTried = (acted: Acted | null, table: string): boolean =>
  resultsOf(acted).some((result) => result.table === table);

const copiedBy = (acted: Acted | null, table: string): number =>
  resultsOf(acted).reduce((sum, result) => (result.table === table ? sum + result.copied : sum), 0);
