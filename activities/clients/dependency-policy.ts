import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  fullJitterGenerator,
  handleWhen,
  type IPolicy,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { LifeboatError } from '../../domain/errors.ts';

const READ_DEADLINE_MS = 3_000;
const READ_TRIES = 2;
const BREAKER_FAILURES = 3;
/** Short: a promoted database must be found again quickly. Whether a region is dead is decided once, elsewhere. */
const BREAKER_OPEN_MS = 1_000;
const CONCURRENT_CALLS = 10;
const WAITING_CALLS = 50;

const mayPass = (error: Error): boolean => !(error instanceof LifeboatError) || error.shape.retryable;

/** How calls to one dependency in one region go: reads are tried again, changes never blindly. */
export interface DependencyPolicy {
  read<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** A read that is long or heavy: whether it is worth repeating is for the caller to say. */
  readOnce<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  change<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

/**
 * Deadline, breaker, bulkhead and full-jitter retry from one library, shared by every attempt of this worker: a region
 * that is dead costs its deadline once or twice, then answers "no" at once until the breaker tries again.
 */
function policyFor(deadlineMs: number): DependencyPolicy {
  const breaker = circuitBreaker(handleWhen(mayPass), {
    halfOpenAfter: BREAKER_OPEN_MS,
    breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
  });
  const limits: IPolicy = wrap(
    bulkhead(CONCURRENT_CALLS, WAITING_CALLS),
    breaker,
    timeout(deadlineMs, TimeoutStrategy.Aggressive),
  );
  const again = retry(handleWhen(mayPass), {
    maxAttempts: READ_TRIES - 1,
    backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 500, generator: fullJitterGenerator }),
  });
  const reading = wrap(again, limits);
  const once: DependencyPolicy['change'] = (work) => limits.execute(({ signal }) => work(signal));
  return {
    read: (work) => reading.execute(({ signal }) => work(signal)),
    readOnce: once,
    change: once,
  };
}

/** One policy per dependency and region, kept for the worker's life. */
export class DependencyPolicies {
  readonly #policies = new Map<string, DependencyPolicy>();

  for(dependency: string, region: string, deadlineMs: number = READ_DEADLINE_MS): DependencyPolicy {
    const key = `${dependency}/${region}/${deadlineMs}`;
    const known = this.#policies.get(key) ?? policyFor(deadlineMs);
    this.#policies.set(key, known);
    return known;
  }
}
