import { BrokenCircuitError, BulkheadRejectedError, TaskCancelledError } from 'cockatiel';
import { errorShape, LifeboatError } from '../../domain/errors.ts';

/**
 * Provider error names that may pass by themselves: throttling, 5xx, and conflicts of state. After the latter the attempt looks
 * again, and the state it then sees decides.
 */
const PASSING = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
  'PriorRequestNotComplete',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalError',
  'TimeoutError',
  'AbortError',
  'ConditionalRequestConflict',
  // Somebody else was first: the next look tells who.
  'PreconditionFailed',
  'InvalidGlobalClusterStateFault',
  'InvalidDBClusterStateFault',
  'InvalidDBInstanceStateFault',
  'InvalidDBClusterSnapshotStateFault',
  // Made by a call whose answer was lost, or by somebody else: the next look tells.
  'DBClusterAlreadyExistsFault',
  'DBInstanceAlreadyExistsFault',
  'DBClusterSnapshotAlreadyExistsFault',
]);
/** System, resolver and SQL states (connection, resources, shutdown, still read only) that may pass. */
const PASSING_CODES = /^(ECONN|ETIMEDOUT|EPIPE|EHOST|ENET|EAI_AGAIN|ENOTFOUND|ESERVFAIL|ETIMEOUT|08|25006|53|57P0)/;
/** The PostgreSQL client gives its own time-outs and broken connections neither name nor code. */
const PASSING_MESSAGES =
  /^(timeout expired|Query read timeout|Connection terminated|Client has encountered a connection error)/;

interface ProviderError extends Error {
  /** A system or SQL state; an HTTP status where the Kubernetes client throws. */
  readonly code?: string | number;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Whatever a dependency threw, as `DR_CALL_FAILED` with the provider's own name in `actual`, and whether it may pass.
 * Messages carry the provider's sentence, never a request or response body.
 */
export function callFailure(caught: unknown, what: string): LifeboatError {
  if (caught instanceof LifeboatError) return caught;
  if (caught instanceof BrokenCircuitError)
    return failed(what, 'it failed repeatedly just now and is not asked for some seconds', true, 'breaker open');
  if (caught instanceof BulkheadRejectedError)
    return failed(what, 'too many calls to it are under way', true, 'bulkhead full');
  if (caught instanceof TaskCancelledError) return failed(what, 'it did not answer in time', true, 'deadline');
  const error = caught as ProviderError;
  const code = String(error.code ?? '');
  const status = error.$metadata?.httpStatusCode ?? (typeof error.code === 'number' ? error.code : 0);
  const name = error.name === 'Error' && code !== '' ? code : error.name;
  const passes =
    PASSING.has(name) ||
    status >= 500 ||
    status === 429 ||
    PASSING_CODES.test(code) ||
    PASSING_MESSAGES.test(error.message);
  return failed(what, `${name}: ${error.message}`, passes, name);
}

function failed(what: string, why: string, retryable: boolean, actual: string): LifeboatError {
  return LifeboatError.of(errorShape('DR_CALL_FAILED', `${what}: ${why}`.slice(0, 500), { retryable, actual }));
}

/** The provider's error name behind a failed call, for instance `NotFound`; `null` for anything else. */
export function providerName(caught: unknown): string | null {
  return caught instanceof LifeboatError && typeof caught.shape.actual === 'string' ? caught.shape.actual : null;
}

/**
 * The same work with its failures named. Also used inside a policy: a provider's "no" (not found, wrong state) is an
 * answer, and must neither be repeated nor open the breaker.
 */
export async function named<Result>(what: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (caught) {
    throw callFailure(caught, what);
  }
}
