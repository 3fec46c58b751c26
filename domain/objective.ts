/** Targets. Never a measurement. */
export interface Objectives {
  readonly rtoSeconds: number;
  readonly rpoSeconds: number;
  /** From asking for a restore until it is validated; drills are held against it. */
  readonly restoreSeconds?: number;
  /** Oldest that the newest usable copy in the recovery region may be: what a cold failover may lose. */
  readonly exposureSeconds?: number;
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

/** How long a restore took, and to which instant. No service was down for it, so it is not an RTO. Instants are ISO 8601, UTC. */
export interface MeasuredRestore {
  readonly requestedAt: string;
  readonly validatedAt: string;
  /** Requested until validated. */
  readonly restoreSeconds: number;
  /** Instant whose state was restored. */
  readonly restoredTo: string;
  /** Had the database been lost when the restore was asked for, this much would have been lost; `null` with a copy or a chosen instant. */
  readonly recoveryPointSeconds: number | null;
  /** Instant restored to minus the newest canary found; `null` when none was found. */
  readonly precisionSeconds: number | null;
  /** Size of the restored database, and how fast it came back: what later estimates rest on. `null` when not read. */
  readonly sizeBytes: number | null;
  readonly bytesPerSecond: number | null;
}

/** How old the data of the newest usable copy in another region is. */
export interface MeasuredCopy {
  /** Asked for until available. */
  readonly copySeconds: number;
  /** When the data in the newest usable copy was current. */
  readonly dataTime: string;
  /** Now minus that: what would be lost if both the region and its backups vanished now. */
  readonly exposureSeconds: number;
  /** Interval of the schedule plus snapshot and copy time: the most it can be when nothing fails. `null` when nothing says how often. */
  readonly worstExposureSeconds: number | null;
  readonly newestCopy: string;
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
  /** Vantage the figures come from, and the raw samples they were computed from; `null` when no samples were used. */
  readonly vantage: string | null;
  readonly samples: {
    readonly path: string;
    readonly from: string;
    readonly to: string;
    readonly count: number;
  } | null;
  /** What the database's own lag function said before the promotion; a second source, always an estimate. */
  readonly databaseLagEstimateSeconds: number | null;
  /** Present when the execution restored something. */
  readonly restore?: MeasuredRestore;
  /** Present when the execution copied something. */
  readonly copy?: MeasuredCopy;
}
