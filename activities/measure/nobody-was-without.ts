import type { Actual } from '../../domain/objective.ts';

/** The part of a measurement that is about the service, for what runs beside it: nothing to measure, and why. */
export const nobodyWasWithout = (what: string): Omit<Actual, 'method' | 'restore' | 'copy'> => {
  const reason = `${what}: nobody was without it`;
  return {
    rtoSeconds: null,
    rpo: null,
    notMeasured: { rto: { reason }, rpo: { reason } },
    resolutionSeconds: null,
    disruptedAt: null,
    detectedAt: null,
    servingAt: null,
    vantage: null,
    samples: null,
    databaseLagEstimateSeconds: null,
  };
};
