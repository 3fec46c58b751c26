import { workflowInfo } from '@temporalio/workflow';
import type { ExecutionRequest, ScheduledStart } from '../../domain/execution.ts';
import { askerOf, scheduledExecutionId } from '../../domain/schedule-execution.ts';

/** The request as somebody made it, or the one that a schedule makes anew each time it fires. */
export function requestOf(asked: ExecutionRequest | ScheduledStart): ExecutionRequest {
  if (!('kind' in asked)) return asked;
  const { startTime, runId } = workflowInfo();
  return {
    executionId: scheduledExecutionId(asked.runbook, startTime, runId),
    runbook: asked.runbook,
    service: asked.service,
    parameters: asked.parameters,
    mode: asked.mode,
    purpose: 'scheduled',
    reason: `schedule ${asked.schedule}`,
    requestedBy: askerOf(asked.schedule),
    requestedAt: startTime.toISOString(),
    planDigest: null,
    signed: null,
    schedule: asked.schedule,
    declaration: asked.declaration,
  };
}
