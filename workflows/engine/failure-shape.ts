import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { ERRORS, type ErrorShape, errorShape } from '../../domain/errors.ts';

/** The catalogued error behind whatever Temporal threw. */
export function failureShape(caught: unknown): ErrorShape {
  const cause = caught instanceof ActivityFailure ? caught.cause : caught;
  if (cause instanceof ApplicationFailure) {
    const [shape] = cause.details ?? [];
    if (typeof shape === 'object' && shape !== null && (shape as ErrorShape).code in ERRORS) return shape as ErrorShape;
    return errorShape('DR_INTERNAL', cause.message);
  }
  if (cause instanceof TimeoutFailure) {
    return errorShape('DR_ATTEMPT_LOST', `the worker stopped answering during the attempt (${cause.timeoutType})`);
  }
  return errorShape('DR_INTERNAL', caught instanceof Error ? caught.message : String(caught));
}

/** A catalogued error as a command's caller receives it. */
export const failureOf = (shape: ErrorShape): ApplicationFailure =>
  ApplicationFailure.create({ message: shape.message, type: shape.code, nonRetryable: true, details: [shape] });
