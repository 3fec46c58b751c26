/** What a health check has come to think of its endpoint, before any inversion. */
export interface HealthVerdict {
  /** `null` until the first result. */
  readonly endpointHealthy: boolean | null;
  readonly lastSucceeded: boolean | null;
  /** How many results in a row were like the last one. */
  readonly inARow: number;
}

export const UNDECIDED: HealthVerdict = { endpointHealthy: null, lastSucceeded: null, inARow: 0 };

/**
 * The verdict after one more result. It changes when `threshold` results in a row say so. The very first result decides
 * alone: the lab's checks are supposed to have run for long when the story begins.
 */
export function afterResult(verdict: HealthVerdict, succeeded: boolean, threshold: number): HealthVerdict {
  const inARow = succeeded === verdict.lastSucceeded ? verdict.inARow + 1 : 1;
  const decided = verdict.endpointHealthy === null || inARow >= threshold;
  return { endpointHealthy: decided ? succeeded : verdict.endpointHealthy, lastSucceeded: succeeded, inARow };
}

/**
 * Healthy as the name servers count it, after inversion. Without any result it is healthy: Route 53 counts a *new* inverted
 * check as unhealthy, but the lab's are old ones, and a lab must not begin by sending everyone to the recovery region.
 */
export const isHealthy = (verdict: HealthVerdict, inverted: boolean): boolean =>
  verdict.endpointHealthy === null || verdict.endpointHealthy !== inverted;
