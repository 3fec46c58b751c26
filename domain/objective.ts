/** Targets. Never a measurement. */
export interface Objectives {
  readonly rtoSeconds: number;
  readonly rpoSeconds: number;
}

/** How many acknowledged canary bookings did not survive, and where the cut lies. Instants are ISO 8601, UTC. */
export interface MeasuredRpo {
  /** Least data that can have been lost, counted back from the last canary acknowledged under the old epoch. */
  readonly minSeconds: number;
  /** Most data that can have been lost: from the newest surviving canary's request start to that instant. */
  readonly maxSeconds: number;
  /** When the oldest lost canary was acknowledged: the cut lies before it. `null` when nothing was lost. */
  readonly oldestLostAt: string | null;
  /** When the newest surviving canary's request started: the cut lies after it. */
  readonly newestSurvivingAt: string | null;
  readonly lost: number;
}

export interface NotMeasured {
  readonly reason: string;
}

/** Measurements. Never a target. Not measured is `null` with a reason, never 0. */
export interface Actual {
  readonly rtoSeconds: number | null;
  readonly rpo: MeasuredRpo | null;
  /** Why a figure above is null; empty when both were measured. */
  readonly notMeasured: { readonly rto?: NotMeasured; readonly rpo?: NotMeasured };
  /** `canary only`, or `canary + front door` when customers' own success was read too. */
  readonly method: string;
  /** Gap in seconds between the samples that bracket the verdicts: no figure is finer than this. */
  readonly resolutionSeconds: number | null;
  readonly disruptedAt: string | null;
  readonly detectedAt: string | null;
  readonly servingAt: string | null;
  /** Vantage the figures come from, and the raw samples they were computed from. */
  readonly vantage: string;
  readonly samples: { readonly path: string; readonly from: string; readonly to: string; readonly count: number };
  /** What the database's own lag function said before the promotion; a second source, always an estimate. */
  readonly databaseLagEstimateSeconds: number | null;
}
