import type { Call } from './action.ts';
import type { ErrorShape } from './errors.ts';
import type { EvidenceDraft } from './evidence.ts';
import type { ExecutionRequest } from './execution.ts';
import type { Json } from './json.ts';
import type { Mode } from './mode.ts';
import type { Plan } from './plan.ts';
import type { SignedStatement, Statement } from './statement.ts';

/** What the engine asks of a worker: one attempt of one action. The activity's name is the action's id. */
export interface AttemptRequest {
  readonly executionId: string;
  readonly service: string;
  readonly mode: Mode;
  readonly stepId: string;
  /** Grows with every attempt the engine starts; a worker's own retry adds less than `ROUND_SPAN` to it. */
  readonly round: number;
  readonly input: Json;
  readonly timeoutSeconds: number;
}

/** Owner numbers of one round: the highest number that claimed a step owns it. */
export const ROUND_SPAN = 1_000;

interface AttemptFacts {
  readonly calls: readonly Call[];
  readonly observations: number;
}

/** How an attempt ended. Live failures are thrown; a dry run answers them. */
export type AttemptResult = AttemptFacts &
  (
    | { readonly kind: 'done'; readonly output: Json }
    | { readonly kind: 'checked'; readonly output: Json }
    | { readonly kind: 'predicted'; readonly output: Json; readonly why: string }
    | { readonly kind: 'cannot_be_predicted'; readonly why: string }
    | { readonly kind: 'blocked'; readonly error: ErrorShape }
  );

/** What a heartbeat carries, so that a board can say what a running step waits for. */
export interface AttemptProgress {
  readonly stepId: string;
  readonly says: string;
  readonly observations: number;
}

export type Admission =
  | { readonly admitted: true; readonly plan: Plan; readonly environment: string }
  | { readonly admitted: false; readonly error: ErrorShape; readonly plan: Plan | null; readonly environment: string };

export type Verification =
  | { readonly verified: true; readonly person: string; readonly statement: Statement }
  | { readonly verified: false; readonly error: ErrorShape; readonly claimedPerson: string };

/** The engine's own activities, beside the actions. */
export interface EngineActivities {
  /** Checks the asker's signature and compiles the plan, so that it is pinned in history. */
  'engine.admit'(request: ExecutionRequest): Promise<Admission>;
  'engine.verifyStatement'(input: {
    readonly signed: SignedStatement;
    readonly people: Plan['people'];
  }): Promise<Verification>;
  'engine.digest'(json: Json): Promise<string>;
  /** Appends one ledger entry; `journal` adds the execution's journal as an artefact. */
  'engine.appendEvidence'(input: {
    readonly draft: EvidenceDraft;
    readonly journal: boolean;
  }): Promise<{ readonly entry: string }>;
}
