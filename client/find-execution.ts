import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { LifeboatError } from '../domain/errors.ts';
import { workflowIdOf } from '../domain/ids.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';

export interface FoundExecution {
  readonly workflowId: string;
  readonly runId: string | undefined;
}

/**
 * The workflow behind an execution id: from the ledger's `opened` entry, and in the moments before that is written by
 * the memo of the workflows it could be.
 * @throws LifeboatError DR_EXECUTION_UNKNOWN
 */
export async function findExecution(
  client: Client,
  ledger: LedgerReader,
  services: readonly string[],
  executionId: string,
): Promise<FoundExecution> {
  const evidence = await ledger.findExecution(executionId);
  const facts = evidence?.opened?.facts as { workflowId?: string; runId?: string } | undefined;
  if (facts?.workflowId) return { workflowId: facts.workflowId, runId: facts.runId };
  const candidates = [
    workflowIdOf({ mode: 'dry_run', service: '', executionId, exclusive: 'none' }),
    ...services.flatMap((service) => [
      workflowIdOf({ mode: 'live', service, executionId, exclusive: 'service' }),
      workflowIdOf({ mode: 'live', service, executionId, exclusive: 'none' }),
      workflowIdOf({ mode: 'drill', service, executionId, exclusive: 'none' }),
    ]),
  ];
  for (const workflowId of candidates) {
    const described = await client.workflow
      .getHandle(workflowId)
      .describe()
      .catch((caught: unknown) => {
        if (caught instanceof WorkflowNotFoundError) return null;
        throw caught;
      });
    if (described?.memo?.['executionId'] === executionId) return { workflowId, runId: described.runId };
  }
  throw new LifeboatError('DR_EXECUTION_UNKNOWN', `neither Temporal nor the ledger knows ${executionId}`, {
    field: 'execution',
    expected: 'an id that lifeboat runs lists',
    actual: executionId,
  });
}
