import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { AttemptProgress, AttemptRequest, AttemptResult } from '../../domain/attempt.ts';
import { LifeboatError, shapeOf } from '../../domain/errors.ts';
import type { AnyImplementation } from './implement.ts';
import type { AttemptPorts } from './ports.ts';
import { AttemptFailure, runAttempt } from './run-attempt.ts';

const HEARTBEAT_MS = 800;

/** What the worker keeps for all attempts; the rest is made per attempt. */
export type SharedPorts = Pick<AttemptPorts, 'service' | 'guardedClients' | 'journal'>;

/**
 * An implementation as a Temporal activity. Heartbeats go out on their own timer, whatever the attempt waits for, so
 * a worker that vanished is noticed in three seconds. Failures are for good: retrying is people's or the attempt's business.
 */
export function attemptActivity(implementation: AnyImplementation, shared: SharedPorts) {
  return async (request: AttemptRequest): Promise<AttemptResult> => {
    let progress: AttemptProgress = { stepId: request.stepId, says: 'looking', observations: 0 };
    heartbeat(progress);
    const timer = setInterval(() => heartbeat(progress), HEARTBEAT_MS);
    const signal = cancellationSignal();
    try {
      return await runAttempt(implementation, request, {
        ...shared,
        signal,
        owner: request.round + activityInfo().attempt,
        progress: (next) => {
          progress = next;
        },
      });
    } catch (caught) {
      if (signal.aborted && !(caught instanceof LifeboatError)) throw signal.reason;
      const shape = shapeOf(caught);
      const facts = caught instanceof AttemptFailure ? [caught.facts] : [];
      const cause = caught instanceof AttemptFailure ? caught.cause : caught;
      throw ApplicationFailure.create({
        message: shape.message,
        type: shape.code,
        nonRetryable: true,
        details: [shape, ...facts],
        ...(cause instanceof Error && !(cause instanceof LifeboatError) ? { cause } : {}),
      });
    } finally {
      clearInterval(timer);
    }
  };
}
