import { ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { clientFailure } from '../../../client/client-failure.ts';
import { errorShape, LifeboatError } from '../../../domain/errors.ts';

const about = { executionId: 'fo-1', address: '127.0.0.1:7233' };
const shapeOf = (caught: unknown) => clientFailure(caught, about).shape;
/** As gRPC throws it, and as the SDK wraps it. */
const grpc = (code: number, details: string) =>
  Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
const wrapped = (code: number, details: string) => new ServiceError('the call failed', { cause: grpc(code, details) });

describe('what the Temporal client threw', () => {
  it('is the refusal itself when a command was refused', () => {
    const shape = errorShape('DR_APPROVAL_OWN_REQUEST', 'you asked', { actual: 'oncall-1' });
    const cause = ApplicationFailure.create({ message: 'you asked', details: [shape] });
    expect(shapeOf(new WorkflowUpdateFailedError('update failed', cause))).toEqual(shape);
  });

  it('is an internal error when a refusal carries no catalogued one', () => {
    const failed = (details: unknown[]) =>
      new WorkflowUpdateFailedError('x', ApplicationFailure.create({ message: 'boom', details }));
    expect(shapeOf(failed([]))).toMatchObject({ code: 'DR_INTERNAL', message: 'boom' });
    expect(shapeOf(failed([{ code: 'constructor' }]))).toMatchObject({ code: 'DR_INTERNAL', message: 'boom' });
  });

  it('is an ended execution when the server does not know it any more', () => {
    expect(shapeOf(new WorkflowNotFoundError('not found', 'live/booking', undefined))).toMatchObject({
      code: 'DR_EXECUTION_ENDED',
      actual: 'fo-1',
    });
  });

  it('is an unreachable server, by its address, when nobody listens', () => {
    expect(shapeOf(wrapped(14, 'No connection established'))).toMatchObject({
      code: 'DR_TEMPORAL_UNREACHABLE',
      actual: about.address,
      retryable: true,
    });
  });

  it('is an absent worker when the call timed out or no poller was seen', () => {
    expect(shapeOf(wrapped(4, 'deadline exceeded')).code).toBe('DR_WORKER_ABSENT');
    expect(shapeOf(wrapped(1, 'cancelled')).code).toBe('DR_WORKER_ABSENT');
    expect(shapeOf(wrapped(9, 'no poller seen for task queue recently')).code).toBe('DR_WORKER_ABSENT');
  });

  it('is an internal error, in its own words, when it is anything else', () => {
    expect(shapeOf(wrapped(7, 'permission denied'))).toMatchObject({
      code: 'DR_INTERNAL',
      message: 'ServiceError: the call failed',
    });
    expect(shapeOf(wrapped(9, 'workflow is busy')).code).toBe('DR_INTERNAL');
    expect(shapeOf('boom')).toMatchObject({ code: 'DR_INTERNAL', message: 'boom' });
  });

  it('stays what it is when it is catalogued already', () => {
    const ours = new LifeboatError('DR_EXECUTION_UNKNOWN', 'nobody knows it');
    expect(clientFailure(ours, about)).toBe(ours);
  });
});
