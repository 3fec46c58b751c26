import type { Client } from '@temporalio/client';
import { LifeboatError } from '../domain/errors.ts';
import type { Service } from '../domain/service.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import { findRun, openedRun, type Run } from './find-run.ts';

/**
 * The run behind an execution id: from the ledger's `opened` entry, and in the moments before that is written from
 * Temporal.
 * @throws LifeboatError DR_EXECUTION_UNKNOWN
 */
export async function findExecution(
  client: Client,
  ledger: LedgerReader,
  services: readonly Service[],
  executionId: string,
): Promise<Run> {
  const opened = openedRun(await ledger.findExecution(executionId));
  const run = opened ?? (await findRun(client, services, executionId));
  if (run) return run;
  throw new LifeboatError('DR_EXECUTION_UNKNOWN', `neither Temporal nor the ledger knows ${executionId}`, {
    field: 'execution',
    expected: 'an id that lifeboat runs lists',
    actual: executionId,
  });
}
