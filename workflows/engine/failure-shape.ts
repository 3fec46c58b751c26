import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import type { AttemptResult } from '../../domain/attempt.ts';
import { ERRORS, type ErrorShape, errorShape } from '../../domain/errors.ts';

/** What a failed attempt had done. */
export type AttemptFacts = Pick<AttemptResult, 'calls' | 'observations'>;

/** The catalogued error behind whatever Temporal threw. */
export function failureShape(caught: unknown): ErrorShape {
  const cause = causeOf(caught);
  if (cause instanceof ApplicationFailure) {
    const [shape] = cause.details ?? [];
    return isShape(shape) ? shape : errorShape('DR_INTERNAL', cause.message);
  }
  if (cause instanceof TimeoutFailure) {
    return errorShape('DR_ATTEMPT_LOST', `the worker stopped answering during the attempt (${cause.timeoutType})`);
  }
  if (cause instanceof CancelledFailure) {
    return errorShape('DR_ATTEMPT_CUT_SHORT', 'the attempt was cut short because the execution is being ended');
  }
  return errorShape('DR_INTERNAL', caught instanceof Error ? caught.message : String(caught));
}

/** What the attempt said it had done when it failed; `null` when its worker could not say so any more. */
export function attemptFacts(caught: unknown): AttemptFacts | null {
  const cause = causeOf(caught);
  const facts = cause instanceof ApplicationFailure ? cause.details?.[1] : undefined;
  return typeof facts === 'object' && facts !== null ? (facts as AttemptFacts) : null;
}

/** A catalogued error as a command's caller receives it. */
export const failureOf = (shape: ErrorShape): ApplicationFailure =>
  ApplicationFailure.create({ message: shape.message, type: shape.code, nonRetryable: true, details: [shape] });

const causeOf = (caught: unknown): unknown => (caught instanceof ActivityFailure ? caught.cause : caught);

const isShape = (value: unknown): value is ErrorShape =>
  typeof value === 'object' && value !== null && Object.hasOwn(ERRORS, String((value as ErrorShape).code));
