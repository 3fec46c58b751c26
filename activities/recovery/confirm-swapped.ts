import { done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { confirmSwapped as contract } from '../../runbooks/actions/recovery/confirm-swapped.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients, Statement } from '../clients/clients.ts';
import { findCluster } from '../restore/look-up.ts';
import { isOf, tagsOf } from '../restore/tags.ts';
import { comparedTables, comparingMs } from './compared-tables.ts';
import { swapNamesOf } from './swap-names.ts';
import { writtenSince } from './table-difference.ts';

const WHO_ANSWERS: Statement = {
  sql: `select not pg_is_in_recovery() as writes, host(inet_server_addr()) || ':' || inet_server_port() as address`,
};

export const confirmSwapped = implement(contract, {
  async observe(clients, { region, cluster, executionId, restoredTo }, { service }) {
    const { aside } = swapNamesOf(cluster, executionId);
    const [found, damaged] = await Promise.all([
      findCluster(clients, region, cluster),
      findCluster(clients, region, aside),
    ]);
    if (found?.Status !== 'available' || !isOf(tagsOf(found), executionId) || !damaged) {
      return { found, damaged, answers: null };
    }
    const counts = comparedTables(service).map((table) => writtenSince(table, restoredTo));
    const ask = (of: string, statements: readonly Statement[]) =>
      asked(clients, { region, cluster: of }, statements, comparingMs(service));
    const [own, other] = await Promise.all([ask(cluster, [WHO_ANSWERS]), ask(aside, [WHO_ANSWERS, ...counts])]);
    const rows = other.slice(1).reduce((sum, [row]) => sum + Number(row?.['rows'] ?? 0), 0);
    return {
      found,
      damaged,
      answers: { writes: own[0]?.[0]?.['writes'] === true, at: addressIn(own), damagedAt: addressIn(other), rows },
    };
  },
  decide({ region, cluster, executionId, ...input }, { found, damaged, answers }, _acted, { observedAt }) {
    const { aside } = swapNamesOf(cluster, executionId);
    const confirmed = {
      cluster,
      endpoint: found?.Endpoint ?? '',
      damaged: aside,
      writtenSince: input.writtenSince,
      confirmedAt: observedAt,
    };
    if (!found || !isOf(tagsOf(found), executionId))
      return wait(`${cluster} is not the restored database yet`, confirmed);
    if (!damaged) return wait(`${aside} is not to be seen in ${region}`, confirmed);
    if (!answers) return wait(`${cluster} is ${found.Status ?? 'in no state'}`, confirmed);
    if (answers.at === answers.damagedAt)
      return wait(`${cluster} still leads to ${answers.at}, where ${aside} stands`, confirmed);
    if (!answers.writes) return wait(`${cluster} does not take writes`, confirmed);
    if (answers.rows > input.writtenSince) {
      const late = answers.rows - input.writtenSince;
      return refuse(
        errorShape('DR_FENCE_NOT_PROVED', `somebody wrote ${late} rows into ${aside} after all writers were stopped`, {
          field: aside,
          expected: input.writtenSince,
          actual: answers.rows,
          remedy: 'Find out who still writes there; abort while that is possible, or bring these rows over by hand.',
        }),
      );
    }
    return done(confirmed);
  },
});

const asked = (
  clients: Clients,
  at: { region: string; cluster: string },
  statements: readonly Statement[],
  ms: number,
) => clients.queryTogether(at, statements, ms);

const addressIn = (answers: Awaited<ReturnType<typeof asked>>): string => String(answers[0]?.[0]?.['address']);
