import { proxyActivities } from '@temporalio/workflow';
import type { AttemptRequest, AttemptResult, EngineActivities } from '../../domain/attempt.ts';

/** Verification and digests: fast, repeatable, wanted until they answer; a worker that vanished is noticed in 5 s. */
export const engine = proxyActivities<
  Pick<EngineActivities, 'engine.admit' | 'engine.verifyStatement' | 'engine.digest'>
>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', backoffCoefficient: 1.5, maximumInterval: '5s' },
});

/** A ledger append that gives up after a few seconds, so that a live execution can hold the record and go on. */
export const promptEvidence = proxyActivities<Pick<EngineActivities, 'engine.appendEvidence'>>({
  startToCloseTimeout: '4s',
  retry: { initialInterval: '300ms', backoffCoefficient: 2, maximumInterval: '1s', maximumAttempts: 3 },
});

/** A ledger append that never gives up: sealing, and whatever was held. */
export const patientEvidence = proxyActivities<Pick<EngineActivities, 'engine.appendEvidence'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/**
 * One attempt of an action. Actions answer or throw for good; what Temporal retries here is a worker that vanished:
 * three seconds without a heartbeat, then at once.
 */
export function attemptActivity(
  action: string,
  timeoutSeconds: number,
  summary: string,
): (request: AttemptRequest) => Promise<AttemptResult> {
  const activities = proxyActivities<Record<string, (request: AttemptRequest) => Promise<AttemptResult>>>({
    // The attempt keeps its own deadline and explains it; this one only catches a worker that hangs.
    startToCloseTimeout: `${timeoutSeconds + 15}s`,
    heartbeatTimeout: '3s',
    retry: { initialInterval: '200ms', backoffCoefficient: 1, maximumAttempts: 20 },
    summary,
  });
  return activities[action]!;
}
