import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { stepProgress } from '../../../client/step-progress.ts';

const describing = (pendingActivities: readonly object[]) =>
  ({ raw: { pendingActivities } }) as unknown as WorkflowExecutionDescription;
const said = (says: string) => ({
  payloads: [defaultPayloadConverter.toPayload({ stepId: 'promote-database', says, observations: 12 })],
});

describe('what steps in flight say', () => {
  it('is read from their heartbeats, with the worker’s own attempt and how the last one ended', () => {
    const pending = {
      attempt: 2,
      heartbeatDetails: said('failing-over; cluster promoting'),
      lastFailure: { message: 'heartbeat timeout' },
    };
    expect(stepProgress(describing([pending]))).toEqual([
      {
        stepId: 'promote-database',
        attempt: 2,
        says: 'failing-over; cluster promoting',
        observations: 12,
        lastFailure: 'heartbeat timeout',
      },
    ]);
  });

  it('leaves out a step that has not said anything, and the engine’s own activities', () => {
    expect(stepProgress(describing([{ attempt: 1 }, { attempt: 1, heartbeatDetails: { payloads: [] } }]))).toEqual([]);
    expect(stepProgress(describing([]))).toEqual([]);
  });

  it('has no last failure on a first try', () => {
    expect(stepProgress(describing([{ attempt: 1, heartbeatDetails: said('looking') }]))[0]!.lastFailure).toBeNull();
  });
});
