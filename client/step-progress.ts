import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { AttemptProgress } from '../domain/attempt.ts';
import type { StepProgress } from './lifeboat-client.ts';

/** What steps in flight last said in their heartbeats. A step that has not said anything yet is left out. */
export function stepProgress(description: WorkflowExecutionDescription): readonly StepProgress[] {
  return (description.raw.pendingActivities ?? []).flatMap((pending) => {
    const [payload] = pending.heartbeatDetails?.payloads ?? [];
    if (!payload) return [];
    const said = defaultPayloadConverter.fromPayload<AttemptProgress>(payload);
    return [
      {
        stepId: said.stepId,
        attempt: pending.attempt ?? 1,
        says: said.says,
        observations: said.observations,
        lastFailure: pending.lastFailure?.message ?? null,
      },
    ];
  });
}
