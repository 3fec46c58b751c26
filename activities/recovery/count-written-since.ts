import { done, wait } from '../../domain/action.ts';
import { countWrittenSince as contract } from '../../runbooks/actions/recovery/count-written-since.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import { answerOf, numberIn } from '../database/validation/ask-in-groups.ts';
import { findCluster } from '../restore/look-up.ts';
import { isOf, tagsOf } from '../restore/tags.ts';
import { comparedTables, comparingMs } from './compared-tables.ts';
import { swapNamesOf } from './swap-names.ts';
import { writtenSince } from './table-difference.ts';

export const countWrittenSince = implement(contract, {
  async observe(clients, { region, cluster, restoredTo }, { service, executionId, mode }) {
    const tables = comparedTables(service);
    // In a dry run nobody knows the instant yet that can be restored to.
    if (mode === 'dry_run') return null;
    const damaged = await damagedAmong(clients, region, cluster, executionId);
    const answers = await clients.queryTogether(
      { region, cluster: damaged },
      tables.map((table) => writtenSince(table, restoredTo)),
      comparingMs(service),
    );
    return tables.map(({ table }, index) => ({
      table,
      counted: answerOf(answers[index], (rows) => numberIn(rows, 'rows') ?? 0),
    }));
  },
  decide(_input, counts, _acted, { service }) {
    if (counts === null) {
      const tables = comparedTables(service).map(({ table }) => ({ table, rows: 0 }));
      return wait('it is counted when the copy is there', { tables, writtenSince: 0, warnings: [] });
    }
    const tables = counts.map(({ table, counted }) => ({ table, rows: 'value' in counted ? counted.value : 0 }));
    return done({
      tables,
      writtenSince: tables.reduce((sum, { rows }) => sum + rows, 0),
      warnings: counts.flatMap(({ table, counted }) =>
        'value' in counted ? [] : [`rows of ${table} written since cannot be counted: ${counted.failure.because}`],
      ),
    });
  },
});

/** By the name it has now: once it was swapped, its copy has the one that the service knows. */
async function damagedAmong(clients: Clients, region: string, cluster: string, executionId: string): Promise<string> {
  const { own, aside } = swapNamesOf(cluster, executionId);
  const found = await findCluster(clients, region, own);
  return found && !isOf(tagsOf(found), executionId) ? own : (await findCluster(clients, region, aside)) ? aside : own;
}
