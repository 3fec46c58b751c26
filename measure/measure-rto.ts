import type { WatchSample } from '../domain/watch-sample.ts';
import { findOutages, type Outage, type OutageOptions } from './outage.ts';

export interface RtoMeasurement {
  /** Disrupted to serving, both by request start. `null` when not measured. */
  readonly rtoSeconds: number | null;
  /** Why it is `null`; `null` when it was measured. */
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly disruptedAt: string | null;
  readonly detectedAt: string | null;
  readonly servingAt: string | null;
  /** The wider of the gaps between the samples that bracket disruption and serving. */
  readonly resolutionSeconds: number | null;
}

export interface RtoOptions extends OutageOptions {
  /**
   * Unix milliseconds, for instance when the execution was asked for: measured is the outage that was on then, else the
   * next one. Absent: the last one.
   */
  readonly around?: number;
}

/** Actual RTO from the samples of one vantage. */
export function measureRto(samples: readonly WatchSample[], options: RtoOptions = {}): RtoMeasurement {
  const outage = outageAround(findOutages(samples, options), options.around);
  if (!outage) {
    const reason = samples.length === 0 ? 'no samples of the watch' : 'no outage was seen: never three misses in a row';
    return notMeasured(reason);
  }
  const seen = {
    disruptedAt: instant(outage.disruptedAt),
    detectedAt: instant(outage.detectedAt),
    servingAt: instant(outage.servingAt),
  };
  if (outage.disruptedAt === null) {
    return { ...notMeasured('no success was seen before the outage: its beginning is unknown'), ...seen };
  }
  if (outage.servingAt === null) {
    return { ...notMeasured('not yet serving: no success has held for the whole hold'), ...seen };
  }
  return {
    ...seen,
    rtoSeconds: (outage.servingAt - outage.disruptedAt) / 1_000,
    reason: null,
    resolutionSeconds: Math.max(outage.disruptionGapMs ?? 0, outage.servingGapMs ?? 0) / 1_000,
  };
}

function outageAround(outages: readonly Outage[], around: number | undefined): Outage | undefined {
  if (around === undefined) return outages.at(-1);
  // Outages do not overlap, so the first that had not ended by then is the one that was on, or the next to come.
  return outages.find(({ servingAt }) => servingAt === null || servingAt >= around);
}

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const notMeasured = (reason: string): RtoMeasurement => ({
  rtoSeconds: null,
  reason,
  disruptedAt: null,
  detectedAt: null,
  servingAt: null,
  resolutionSeconds: null,
});
