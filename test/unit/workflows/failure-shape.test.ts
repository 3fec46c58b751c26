import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { errorShape } from '../../../domain/errors.ts';
import { attemptFacts, failureOf, failureShape } from '../../../workflows/engine/failure-shape.ts';

const inActivity = (cause: Error) =>
  new ActivityFailure('Activity task failed', 'a', '1', RetryState.NON_RETRYABLE_FAILURE, 'w', cause);
const shape = errorShape('DR_CALL_FAILED', 'rds: no answer', { actual: 'TimeoutError' });

describe('what Temporal threw', () => {
  it('is the catalogued error that an attempt ended with', () => {
    expect(failureShape(inActivity(failureOf(shape)))).toEqual(shape);
    expect(failureShape(failureOf(shape))).toEqual(shape);
  });

  it('is an internal error when it carries no catalogued one', () => {
    const plain = ApplicationFailure.create({ message: 'boom' });
    expect(failureShape(inActivity(plain))).toMatchObject({ code: 'DR_INTERNAL', message: 'boom' });
    const alien = ApplicationFailure.create({ message: 'boom', details: [{ code: 'toString' }] });
    expect(failureShape(alien)).toMatchObject({ code: 'DR_INTERNAL', message: 'boom' });
    expect(failureShape('boom')).toMatchObject({ code: 'DR_INTERNAL', message: 'boom' });
  });

  it('is a lost attempt when the worker stopped answering', () => {
    const timeout = new TimeoutFailure('activity Heartbeat timeout', undefined, TimeoutType.HEARTBEAT);
    expect(failureShape(inActivity(timeout))).toMatchObject({ code: 'DR_ATTEMPT_LOST', retryable: true });
  });

  it('is an attempt cut short, not a defect, when an abort cancelled it', () => {
    expect(failureShape(inActivity(new CancelledFailure('cancelled')))).toMatchObject({ code: 'DR_ATTEMPT_CUT_SHORT' });
    expect(failureShape(new CancelledFailure('cancelled'))).toMatchObject({ code: 'DR_ATTEMPT_CUT_SHORT' });
  });

  it('tells what the attempt had done, or that nobody knows', () => {
    const facts = { calls: [], observations: 3 };
    const failed = ApplicationFailure.create({ message: 'x', details: [shape, facts] });
    expect(attemptFacts(inActivity(failed))).toEqual(facts);
    expect(attemptFacts(inActivity(failureOf(shape)))).toBeNull();
    expect(attemptFacts(inActivity(new CancelledFailure('cancelled')))).toBeNull();
  });
});
