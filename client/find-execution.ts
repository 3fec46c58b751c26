import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { LifeboatError } from '../domain/errors.ts';
import { scheduleIdOf, workflowIdOf } from '../domain/ids.ts';
import { isOfRun } from '../domain/schedule-execution.ts';
import type { Service } from '../domain/service.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';

export interface FoundExecution {
  readonly workflowId: string;
  readonly runId: string | undefined;
}

/**
 * The workflow behind an execution id: from the ledger's `opened` entry, and in the moments before that is written by
 * the memo of the workflows it could be, or by the runs that schedules started lately: they are named by their run id.
 * @throws LifeboatError DR_EXECUTION_UNKNOWN
 */
export async function findExecution(
  client: Client,
  ledger: LedgerReader,
  services: readonly Service[],
  executionId: string,
): Promise<FoundExecution> {
  const evidence = await ledger.findExecution(executionId);
  const facts = evidence?.opened?.facts as { workflowId?: string; runId?: string } | undefined;
  if (facts?.workflowId) return { workflowId: facts.workflowId, runId: facts.runId };
  const candidates = [
    workflowIdOf({ mode: 'dry_run', service: '', executionId, exclusive: 'none' }),
    ...services.flatMap(({ name: service }) => [
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
  const scheduled = await scheduledRun(client, services, executionId);
  if (scheduled) return scheduled;
  throw new LifeboatError('DR_EXECUTION_UNKNOWN', `neither Temporal nor the ledger knows ${executionId}`, {
    field: 'execution',
    expected: 'an id that lifeboat runs lists',
    actual: executionId,
  });
}

async function scheduledRun(
  client: Client,
  services: readonly Service[],
  executionId: string,
): Promise<FoundExecution | null> {
  const ids = services.flatMap(({ name, schedules }) => (schedules ?? []).map(({ id }) => scheduleIdOf(name, id)));
  for (const scheduleId of ids) {
    const described = await client.schedule
      .getHandle(scheduleId)
      .describe()
      .catch((caught: unknown) => {
        if (caught instanceof ScheduleNotFoundError) return null;
        throw caught;
      });
    const runs = described?.info.recentActions.map(({ action }) => action.workflow) ?? [];
    const run = runs.find(({ firstExecutionRunId }) => isOfRun(executionId, firstExecutionRunId));
    if (run) return { workflowId: run.workflowId, runId: run.firstExecutionRunId };
  }
  return null;
}
