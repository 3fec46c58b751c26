import type { Client } from '@temporalio/client';
import type { ExecutionLife } from '../activities/clients/clients.ts';
import { describeRun, findRun, openedRun, type Run } from '../client/find-run.ts';
import type { Configuration } from '../domain/service.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';

const CALL_MS = 5_000;

/**
 * Whether an execution still runs. The ledger knows most; Temporal is asked about what was opened and not sealed, and, by
 * the workflow ids it could have, about what the ledger has not heard of: a live execution goes on while the evidence store
 * is down. Throws when Temporal must be asked and does not answer: what may be running is not called ended.
 */
export function executionLife(from: {
  readonly configuration: Configuration;
  readonly ledger: Pick<LedgerReader, 'findExecution'>;
  readonly client: Client;
}): (executionId: string) => Promise<ExecutionLife> {
  const { configuration, ledger, client } = from;
  return async (executionId) => {
    const evidence = await ledger.findExecution(executionId);
    if (evidence?.sealed) return 'ended';
    return client.withDeadline(Date.now() + CALL_MS, async () => {
      const opened = openedRun(evidence);
      // Temporal forgets a run some time after it ended, never before.
      if (opened) return (await lifeOf(client, opened)) ?? 'ended';
      const found = await findRun(client, Object.values(configuration.services), executionId);
      return (found && (await lifeOf(client, found))) ?? 'unknown';
    });
  };
}

async function lifeOf(client: Client, run: Run): Promise<ExecutionLife | null> {
  const described = await describeRun(client, run);
  return described && (described.status.name === 'RUNNING' ? 'running' : 'ended');
}
