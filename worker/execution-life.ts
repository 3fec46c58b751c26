import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import type { ExecutionLife } from '../activities/clients/clients.ts';
import { scheduleIdOf, workflowIdOf } from '../domain/ids.ts';
import { isOfRun } from '../domain/schedule-execution.ts';
import type { Configuration } from '../domain/service.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';

const CALL_MS = 5_000;

interface Run {
  readonly workflowId: string;
  readonly runId?: string;
}

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
      const facts = evidence?.opened?.facts as { workflowId?: string; runId?: string } | undefined;
      if (facts?.workflowId) {
        const { workflowId, runId } = facts;
        // Temporal forgets a run some time after it ended, never before.
        return (await lifeOf(client, { workflowId, ...(runId && { runId }) })) ?? 'ended';
      }
      for (const service of Object.values(configuration.services)) {
        const ids = (service.schedules ?? []).map(({ id }) => scheduleIdOf(service.name, id));
        const run =
          (await namedRun(client, service.name, executionId)) ?? (await scheduledRun(client, ids, executionId));
        const life = run && (await lifeOf(client, run));
        if (life) return life;
      }
      return 'unknown';
    });
  };
}

async function lifeOf(client: Client, { workflowId, runId }: Run): Promise<ExecutionLife | null> {
  const described = await describeRun(client, { workflowId, ...(runId && { runId }) });
  if (!described) return null;
  return described.status.name === 'RUNNING' ? 'running' : 'ended';
}

/** What a person started carries the execution's id in its memo. */
async function namedRun(client: Client, service: string, executionId: string): Promise<Run | null> {
  const ids = [
    workflowIdOf({ mode: 'live', service, executionId, exclusive: 'service' }),
    workflowIdOf({ mode: 'live', service, executionId, exclusive: 'none' }),
    workflowIdOf({ mode: 'drill', service, executionId, exclusive: 'none' }),
  ];
  for (const workflowId of ids) {
    const described = await describeRun(client, { workflowId });
    if (described?.memo?.['executionId'] === executionId) return { workflowId, runId: described.runId };
  }
  return null;
}

/** What a schedule started is named by its run: nobody knew the id before. */
async function scheduledRun(client: Client, scheduleIds: readonly string[], executionId: string): Promise<Run | null> {
  for (const scheduleId of scheduleIds) {
    const described = await client.schedule
      .getHandle(scheduleId)
      .describe()
      .catch((caught: unknown) => {
        if (caught instanceof ScheduleNotFoundError) return null;
        throw caught;
      });
    const actions = described?.info.recentActions.map(({ action }) => action.workflow) ?? [];
    const found = actions.find(({ firstExecutionRunId }) => isOfRun(executionId, firstExecutionRunId));
    if (found) return { workflowId: found.workflowId, runId: found.firstExecutionRunId };
  }
  return null;
}

async function describeRun(client: Client, { workflowId, runId }: Run) {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (caught) {
    if (caught instanceof WorkflowNotFoundError) return null;
    throw caught;
  }
}
