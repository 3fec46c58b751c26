import type { Actual } from '../domain/objective.ts';
import type { WatchSample } from '../domain/watch-sample.ts';
import type { RpoMeasurement } from './measure-rpo.ts';
import type { RtoMeasurement } from './measure-rto.ts';

/** Puts one vantage's measurements together. Figures are the canaries' alone: customers' own success was not read. */
export function actualOf(measured: {
  readonly vantage: string;
  /** Where the raw samples lie. */
  readonly path: string;
  readonly samples: readonly WatchSample[];
  readonly rto: RtoMeasurement;
  readonly rpo: RpoMeasurement;
  readonly databaseLagEstimateSeconds: number | null;
}): Actual {
  const { vantage, path, samples, rto, rpo, databaseLagEstimateSeconds } = measured;
  const starts = samples.map(({ at }) => at);
  const resolutions = [rto.resolutionSeconds, rpo.resolutionSeconds].filter((seconds) => seconds !== null);
  return {
    rtoSeconds: rto.rtoSeconds,
    rpo: rpo.rpo,
    notMeasured: {
      ...(rto.reason !== null && { rto: { reason: rto.reason } }),
      ...(rpo.reason !== null && { rpo: { reason: rpo.reason } }),
    },
    method: rpo.says === null ? 'canary only' : `canary only; ${rpo.says}`,
    resolutionSeconds: resolutions.length === 0 ? null : Math.max(...resolutions),
    disruptedAt: rto.disruptedAt,
    detectedAt: rto.detectedAt,
    servingAt: rto.servingAt,
    vantage,
    samples: {
      path,
      from: starts.length === 0 ? '' : instant(starts.reduce((least, at) => Math.min(least, at))),
      to: starts.length === 0 ? '' : instant(starts.reduce((most, at) => Math.max(most, at))),
      count: samples.length,
    },
    databaseLagEstimateSeconds,
  };
}

const instant = (at: number): string => new Date(at).toISOString();
