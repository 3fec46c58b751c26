import { isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, type ErrorShape, LifeboatError } from '../domain/errors.ts';

/** gRPC status codes that say "not now" rather than "no": cancelled, deadline exceeded, unavailable. */
const PASSING = [1, 4, 14];

/** What the server answers a query with when no worker asked for work lately. */
const NO_POLLER = { code: 9, says: 'no poller seen' } as const;

/** The call may succeed if repeated: the server or every worker was away. */
function mayPass(caught: unknown): boolean {
  const root = rootOf(caught);
  if (!isGrpcServiceError(root)) return false;
  const noPoller = Number(root.code) === NO_POLLER.code && root.details.includes(NO_POLLER.says);
  return noPoller || PASSING.includes(codeOf(caught));
}

/** Whatever the Temporal client threw, as an error people can act on. */
export function clientFailure(
  caught: unknown,
  about: { readonly executionId?: string; readonly address: string },
): LifeboatError {
  if (caught instanceof LifeboatError) return caught;
  if (caught instanceof WorkflowUpdateFailedError && caught.cause instanceof ApplicationFailure) {
    const [shape] = caught.cause.details ?? [];
    if (isShape(shape)) return LifeboatError.of(shape);
    return new LifeboatError('DR_INTERNAL', caught.cause.message);
  }
  if (caught instanceof WorkflowNotFoundError) {
    return new LifeboatError('DR_EXECUTION_ENDED', `${about.executionId ?? 'the execution'} is not running`, {
      field: 'execution',
      actual: about.executionId ?? null,
    });
  }
  if (mayPass(caught)) {
    return codeOf(caught) === 14
      ? new LifeboatError('DR_TEMPORAL_UNREACHABLE', `Temporal does not answer at ${about.address}`, {
          actual: about.address,
        })
      : new LifeboatError('DR_WORKER_ABSENT', 'no worker answered in time; what was asked for waits for one', {
          remedy: 'Start a worker: node dist/worker.js CONFIGURATION. Nothing is lost meanwhile.',
        });
  }
  return new LifeboatError(
    'DR_INTERNAL',
    caught instanceof Error ? `${caught.name}: ${caught.message}` : String(caught),
  );
}

const isShape = (value: unknown): value is ErrorShape =>
  typeof value === 'object' && value !== null && Object.hasOwn(ERRORS, String((value as ErrorShape).code));

/** The SDK wraps gRPC errors in `ServiceError`s of its own. */
function rootOf(caught: unknown): unknown {
  const cause = (caught as { cause?: unknown } | null)?.cause;
  return isGrpcServiceError(caught) || cause === undefined ? caught : rootOf(cause);
}

const codeOf = (caught: unknown): number => (rootOf(caught) as { readonly code: number }).code;
