import type { ErrorShape } from '../domain/errors.ts';
import type { ExecutionOutcome } from '../domain/execution.ts';
import type { MeasuredCopy, MeasuredRestore, Objectives } from '../domain/objective.ts';
import type { ServiceSchedule } from '../domain/service.ts';
import type { Trend, TrendPoint } from '../measure/trend.ts';

export type { Trend, TrendPoint };

/** An execution that a schedule started, as the ledger tells it. */
export interface ScheduledExecution {
  readonly executionId: string;
  readonly startedAt: string;
  /** `null` while it runs, or when it was interrupted and nobody has noticed yet. */
  readonly endedAt: string | null;
  readonly outcome: ExecutionOutcome | null;
  readonly error: string | null;
  readonly planDigest: string | null;
  readonly objectives: Objectives | null;
  readonly restore: MeasuredRestore | null;
  readonly copy: MeasuredCopy | null;
  /** From asking for the restore, else from the start, until the end; `null` when the end is not known to the second. */
  readonly elapsedSeconds: number | null;
}

/** What Temporal says about a schedule. Instants are ISO 8601, UTC. */
export interface ScheduleInTemporal {
  /** `outdated`: it says something else than the configuration; `missing`: it is not there. */
  readonly state: 'declared' | 'outdated' | 'missing';
  readonly paused: boolean;
  /** Who paused or resumed it last and why, in their words; `null` when nobody did. */
  readonly note: string | null;
  readonly createdAt: string | null;
  readonly nextAt: string | null;
  /** When it was due last, whether it ran or not; `null` when that was before it was made. */
  readonly previousDueAt: string | null;
}

/** The newest usable copy of a service's data outside its region, whoever made it. */
export interface NewestCopy {
  readonly executionId: string;
  readonly dataTime: string;
}

export interface ScheduledPlan {
  readonly digest: string;
  /** What its executions measure: how long a restore takes, how old the newest copy is, or nothing. */
  readonly measures: 'restore' | 'exposure' | null;
}

/** A declared schedule, what came of it, and how it stands. */
export interface ScheduleView {
  readonly service: string;
  readonly schedule: ServiceSchedule;
  readonly objectives: Objectives;
  /** `null` when Temporal does not answer. */
  readonly temporal: ScheduleInTemporal | null;
  /** Newest first, at most as many as asked for. */
  readonly executions: readonly ScheduledExecution[];
  readonly lastPassed: ScheduledExecution | null;
  readonly newestCopy: NewestCopy | null;
  /** What durations are held against: restores against their objective, everything else against nothing. */
  readonly targetSeconds: number | null;
  /** `null` when its executions measure no duration. */
  readonly trend: Trend | null;
  /** The plan that would run now, or why there is none. */
  readonly plan: ScheduledPlan | { readonly error: ErrorShape };
}

export interface ScheduleList {
  readonly schedules: readonly ScheduleView[];
  /** Why Temporal could not be asked; `null` when it answered. */
  readonly temporalUnknown: ErrorShape | null;
}

/** Which schedule: ids are unique within a service. */
export interface ScheduleName {
  readonly service: string;
  readonly id: string;
}

/**
 * Schedules that the configuration declares. Every method has a deadline and throws `LifeboatError`: DR_SCHEDULE_UNKNOWN
 * for one that is not declared, DR_SCHEDULE_MISSING for one that Temporal lacks.
 */
export interface LifeboatSchedules {
  /** Answers without Temporal what the ledger knows. */
  list(most: number): Promise<ScheduleList>;
  /** When it will really fire, from Temporal itself: instants in the range, ascending, ISO 8601. */
  next(name: ScheduleName, from: Date, to: Date): Promise<readonly string[]>;
  /** Starts it now, paused or not. @throws LifeboatError DR_SCHEDULE_RUNNING */
  trigger(
    name: ScheduleName,
  ): Promise<{ readonly executionId: string; readonly workflowId: string; readonly runId: string }>;
  pause(name: ScheduleName, person: string, reason: string): Promise<void>;
  /** Resumes it and looks that it is still there afterwards; `madeAnew` when a worker had to make it again. */
  resume(name: ScheduleName, person: string, reason: string): Promise<{ readonly madeAnew: boolean }>;
}
