import { setTimeout as delay } from 'node:timers/promises';
import { type Client, type ScheduleDescription, type ScheduleHandle, ScheduleOverlapPolicy } from '@temporalio/client';
import { LifeboatError } from '../domain/errors.ts';
import { scheduledExecutionId } from '../domain/schedule-execution.ts';
import type { ServiceSchedule } from '../domain/service.ts';
import type { ScheduleName } from './lifeboat-schedules.ts';
import { found, idOf, isCurrent, missing } from './schedule-handle.ts';

export const TRIGGER_MS = 30_000;
const LOOK_MS = 250;

/** Has the schedule start now, and waits until the execution shows. One that runs already is not doubled. */
export async function triggerSchedule(client: Client, name: ScheduleName, declared: ServiceSchedule) {
  const handle = client.schedule.getHandle(idOf(name));
  const before = await found(handle);
  if (!before) throw missing(name, 'Temporal has no schedule');
  if (!isCurrent(before, declared)) throw missing(name, 'Temporal still has an older declaration of');
  if (before.info.runningActions.length > 0) throw await running(client, name, declared, before);
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  return started(client, handle, { name, declared, before });
}

interface Triggered {
  readonly name: ScheduleName;
  readonly declared: ServiceSchedule;
  /** How the schedule stood before. */
  readonly before: ScheduleDescription;
}

const runIdsOf = ({ info }: ScheduleDescription): readonly string[] =>
  info.recentActions.map(({ action }) => action.workflow.firstExecutionRunId);

/** The run that was not there before the trigger, as soon as it shows. */
async function started(client: Client, handle: ScheduleHandle, { name, declared, before }: Triggered) {
  const known = new Set(runIdsOf(before));
  for (const until = Date.now() + TRIGGER_MS; Date.now() < until; await delay(LOOK_MS)) {
    const now = await found(handle);
    if (!now) break;
    const run = now.info.recentActions
      .map(({ action }) => action.workflow)
      .find((one) => !known.has(one.firstExecutionRunId));
    if (run) return startedRun(client, declared, run);
    if (now.info.numActionsSkippedOverlap > before.info.numActionsSkippedOverlap) {
      throw await running(client, name, declared, now);
    }
  }
  throw missing(name, 'nothing was started within 30 s by schedule');
}

async function startedRun(
  client: Client,
  { runbook }: ServiceSchedule,
  { workflowId, firstExecutionRunId: runId }: { readonly workflowId: string; readonly firstExecutionRunId: string },
) {
  const { startTime } = await client.workflow.getHandle(workflowId, runId).describe();
  return { executionId: scheduledExecutionId(runbook, startTime, runId), workflowId, runId };
}

async function running(
  client: Client,
  name: ScheduleName,
  declared: ServiceSchedule,
  { info }: ScheduleDescription,
): Promise<LifeboatError> {
  const [action] = info.runningActions;
  const run = action && (await startedRun(client, declared, action.workflow).catch(() => null));
  const holder = run?.executionId ?? 'an execution';
  return new LifeboatError(
    'DR_SCHEDULE_RUNNING',
    `${holder}, started by schedule '${name.id}' of ${name.service}, still runs`,
    {
      field: 'schedule',
      actual: holder,
      ...(run && { remedy: `lifeboat watch ${run.executionId}` }),
    },
  );
}
