import type { Call } from './action.ts';
import type { ErrorShape } from './errors.ts';
import type { Json } from './json.ts';
import type { Mode, Purpose } from './mode.ts';
import type { Actual, Objectives } from './objective.ts';
import type { Mark, Plan } from './plan.ts';
import type { SignedStatement } from './statement.ts';

/** What somebody asks for. Signed by the asker; the workflow's only input. */
export interface ExecutionRequest {
  readonly executionId: string;
  readonly runbook: string;
  readonly service: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly mode: Mode;
  readonly purpose: Purpose;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  /** Digest of the plan the asker was shown first, when one was. Another plan is then refused. */
  readonly planDigest: string | null;
  /** Absent for dry runs, which change nothing, and for what a schedule starts: the configuration asks for that. */
  readonly signed: SignedStatement | null;
  /** Declared schedule that asks for it; `null` when a person does. */
  readonly schedule?: string | null;
  /** Digest of the declaration as the schedule that fired knew it. */
  readonly declaration?: string | null;
}

/** Input of a workflow that a schedule starts: the request without what differs each time. */
export interface ScheduledStart {
  readonly kind: 'scheduled';
  readonly schedule: string;
  readonly runbook: string;
  readonly service: string;
  readonly mode: 'drill' | 'live';
  readonly parameters: Readonly<Record<string, Json>>;
  /** Digest of the declaration: a schedule that says something else is out of date. */
  readonly declaration: string;
}

export type StepState =
  | 'not_executed'
  | 'running'
  | 'failed'
  | 'done'
  | 'skipped'
  | 'undone'
  | 'undo_failed'
  /** Dry run: observed and decided, nothing left to do or to predict. */
  | 'checked'
  /** Dry run: would act; goes on with the predicted output. */
  | 'predicted'
  | 'cannot_be_predicted'
  /** Dry run: would be refused. */
  | 'blocked';

/** One try of a step, timed. */
export interface AttemptRecord {
  readonly number: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly error: ErrorShape | null;
  readonly observations: number;
}

export interface StepRecord {
  readonly id: string;
  readonly state: StepState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly attempts: readonly AttemptRecord[];
  /** Calls made, or in a dry run calls it would make. */
  readonly calls: readonly Call[];
  readonly output: Json;
  readonly error: ErrorShape | null;
  /** Why it was skipped, cannot be predicted, or was not executed. */
  readonly because: string | null;
  /** Choices open to people while `failed`. */
  readonly choices: readonly StepChoice[];
}

export interface StepChoice {
  readonly command: 'retry' | 'skip' | 'abort';
  readonly possible: boolean;
  readonly because: string;
}

export interface ApprovalRecord {
  readonly person: string;
  readonly decision: 'approve' | 'deny';
  readonly reason: string;
  readonly at: string;
  readonly accepts: readonly string[];
}

export interface BoundReading {
  readonly id: string;
  readonly says: string;
  /** `null` is unknown. */
  readonly value: Json;
  readonly verdict: 'within' | 'unknown' | 'outside';
}

export interface GateRecord {
  readonly id: string;
  readonly state: 'not_reached' | 'open' | 'approved' | 'denied' | 'passed_in_dry_run';
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  /** How often it opened: bounds found outside open it again and void approvals. */
  readonly round: number;
  /** Outputs of the steps it shows, frozen when it opened. */
  readonly facts: Readonly<Record<string, Json>>;
  readonly factsDigest: string | null;
  readonly bounds: readonly BoundReading[];
  readonly approvals: readonly ApprovalRecord[];
  readonly quorum: number;
  /** People who may still approve. */
  readonly approvers: readonly string[];
  readonly reopenedBecause: string | null;
}

export interface Refusal {
  readonly at: string;
  readonly person: string;
  readonly command: string;
  readonly target: string;
  readonly error: ErrorShape;
  readonly ledgerEntry: string | null;
}

export type ExecutionState =
  | 'compiling'
  | 'running'
  | 'waiting_for_people'
  | 'step_failed'
  | 'paused'
  | 'aborting'
  | 'sealing'
  | 'ended';

export type ExecutionOutcome =
  | 'succeeded'
  /** Dry run: every step checked or predicted. */
  | 'ready'
  /** Dry run: at least one step would be refused. */
  | 'blocked'
  | 'failed'
  | 'aborted'
  | 'denied'
  /** Never started: the plan did not compile or the request was refused. */
  | 'refused'
  /** Aborted past the point of no return: nothing was undone, people take over. */
  | 'handed_over'
  /** The workflow ended without saying so; sealed by whoever found it. */
  | 'interrupted';

/** The whole execution, as the status query answers it and as the sealed record keeps it. */
export interface ExecutionSnapshot {
  /** Grows with every change. */
  readonly version: number;
  readonly request: ExecutionRequest;
  readonly state: ExecutionState;
  readonly outcome: ExecutionOutcome | null;
  readonly error: ErrorShape | null;
  readonly plan: Plan | null;
  readonly steps: readonly StepRecord[];
  readonly gates: readonly GateRecord[];
  readonly marks: Readonly<Partial<Record<Mark, string>>>;
  readonly objectives: Objectives | null;
  readonly actual: Actual | null;
  readonly refusals: readonly Refusal[];
  readonly pausedBy: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly ledger: {
    readonly opened: string | null;
    readonly sealed: string | null;
    /** Entries that could not be written yet and are held in the workflow's history. */
    readonly held: number;
  };
}
