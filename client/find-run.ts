import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { scheduleIdOf, workflowIdOf } from '../domain/ids.ts';
import { isOfRun } from '../domain/schedule-execution.ts';
import type { Service } from '../domain/service.ts';
import type { ExecutionEvidence } from '../ledger/ledger-reader.ts';

/** A run as Temporal names it; without a run id the newest of its workflow. */
export interface Run {
  readonly workflowId: string;
  readonly runId?: string | undefined;
}

/** The run that an execution's `opened` entry names. */
export function openedRun(evidence: ExecutionEvidence | null): Run | null {
  const facts = evidence?.opened?.facts as Partial<Run> | undefined;
  return facts?.workflowId ? { workflowId: facts.workflowId, runId: facts.runId } : null;
}

/** The run of an execution that the ledger has not heard of, asked of Temporal by the ids it could have. */
export async function findRun(client: Client, services: readonly Service[], executionId: string): Promise<Run | null> {
  return (await namedRun(client, services, executionId)) ?? scheduledRun(client, services, executionId);
}

/** `null` when Temporal does not know it. */
export async function describeRun(client: Client, { workflowId, runId }: Run) {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (caught) {
    if (caught instanceof WorkflowNotFoundError) return null;
    throw caught;
  }
}

/** What a person started carries the execution's id in its memo. */
async function namedRun(client: Client, services: readonly Service[], executionId: string): Promise<Run | null> {
  const ids = [
    workflowIdOf({ mode: 'dry_run', service: '', executionId, exclusive: 'none' }),
    ...services.flatMap(({ name: service }) => [
      workflowIdOf({ mode: 'live', service, executionId, exclusive: 'service' }),
      workflowIdOf({ mode: 'live', service, executionId, exclusive: 'none' }),
      workflowIdOf({ mode: 'drill', service, executionId, exclusive: 'none' }),
    ]),
  ];
  for (const workflowId of ids) {
    const described = await describeRun(client, { workflowId });
    if (described?.memo?.['executionId'] === executionId) return { workflowId, runId: described.runId };
  }
  return null;
}

/** What a schedule started is named by its run: nobody knew the id before. */
async function scheduledRun(client: Client, services: readonly Service[], executionId: string): Promise<Run | null> {
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
