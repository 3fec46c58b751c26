import { workflowInfo } from '@temporalio/workflow';
import type { ExecutionRequest, ScheduledStart } from '../../domain/execution.ts';
import { executionIdOf } from '../../domain/ids.ts';

/** Characters of the run id that make a scheduled execution's id its own. */
const OWN_CHARACTERS = 6;

/** The request as somebody made it, or the one that a schedule makes anew each time it fires. */
export function requestOf(asked: ExecutionRequest | ScheduledStart): ExecutionRequest {
  if (!('kind' in asked)) return asked;
  const { startTime, runId } = workflowInfo();
  const random = runId.replaceAll('-', '').slice(-OWN_CHARACTERS);
  return {
    executionId: executionIdOf(asked.runbook, startTime, random),
    runbook: asked.runbook,
    service: asked.service,
    parameters: asked.parameters,
    mode: asked.mode,
    purpose: 'scheduled',
    reason: `schedule ${asked.schedule}`,
    requestedBy: `schedule:${asked.schedule}`,
    requestedAt: startTime.toISOString(),
    planDigest: null,
    signed: null,
    schedule: asked.schedule,
  };
}
