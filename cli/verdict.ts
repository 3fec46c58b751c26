import { ERRORS } from '../domain/errors.ts';
import type { ExecutionSnapshot } from '../domain/execution.ts';

/**
 * What an execution's present state is to a script: 0 done, 1 failed or aborted, 3 denied by a person, 5 blocked or
 * refused, 6 still running, 7 waiting for people (an open gate, a failed step, a pause).
 */
export function verdictOf(snapshot: ExecutionSnapshot): number {
  switch (snapshot.outcome) {
    case 'succeeded':
    case 'ready':
      return 0;
    case 'blocked':
      return 5;
    case 'denied':
      return 3;
    case 'refused':
      return snapshot.error ? ERRORS[snapshot.error.code].exitCode : 5;
    case 'failed':
    case 'aborted':
    case 'handed_over':
    case 'interrupted':
      return 1;
    case null:
      return waitsForPeople(snapshot) ? 7 : 6;
    default:
      return 1;
  }
}

const waitsForPeople = (snapshot: ExecutionSnapshot): boolean =>
  snapshot.state === 'waiting_for_people' ||
  snapshot.state === 'step_failed' ||
  snapshot.state === 'paused' ||
  (snapshot.state === 'running' && snapshot.gates.some((gate) => gate.state === 'open'));
