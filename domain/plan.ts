import type { DrillSafety, Effect, Role } from './action.ts';
import type { Json } from './json.ts';
import type { Objectives } from './objective.ts';
import type { Person, PersonRole } from './service.ts';

export const MARKS = [
  'disrupted',
  'detected',
  'declared',
  'started',
  'approved',
  'fenced',
  'writable',
  'capacity_ready',
  'traffic_shifted',
  'serving',
  'restore_requested',
  'restored',
  'validated',
] as const;
/** A named instant in the life of an execution. */
export type Mark = (typeof MARKS)[number];

/** Where a value comes from: `['step-id', 'field', …]`, or `['$execution', 'id']`. */
export interface Reference {
  readonly $ref: readonly [string, ...string[]];
}

export type OnFailure = 'ask' | 'retry' | 'continue' | 'abort';

/** An action with its input, as data. References inside `input` are resolved when the step runs. */
export interface ActionUse {
  readonly action: string;
  readonly title: string;
  readonly role: Role;
  readonly effect: Effect;
  readonly drill: DrillSafety;
  readonly permissions: readonly string[];
  readonly input: Json;
}

export interface PlanStep extends ActionUse {
  readonly kind: 'step';
  readonly id: string;
  readonly why: string;
  /** Ids of steps and gates that must finish first: references and stated order together, sorted. */
  readonly after: readonly string[];
  /** Steps whose output this one reads: the subset of `after` that cannot be skipped. */
  readonly reads: readonly string[];
  readonly marks?: Mark;
  /** Reversible and harmless either way: may run while people decide. */
  readonly prepare: boolean;
  /** Clean-up that runs whatever happened. */
  readonly always: boolean;
  readonly undo?: ActionUse;
  /** Why an effect that is neither observed nor undone is acceptable. */
  readonly withoutUndo?: string;
  readonly when?: Reference;
  readonly onFailure: OnFailure;
  /** Longest one attempt may take. */
  readonly timeoutSeconds: number;
  /** What the step usually takes, stated by the author; measured medians live outside the plan. */
  readonly expectSeconds?: number;
  /** What to type when Lifeboat itself is gone. */
  readonly manual?: string;
  /** Region the step addresses; `control` when it addresses none. */
  readonly region: string;
}

/** A condition an approver signs. It is read again before the fence and before the first irreversible step. */
export interface Bound {
  readonly id: string;
  readonly says: string;
  /** The observing step whose fact it is, and where in its output. */
  readonly fact: Reference;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly equals?: Json;
  /** Whether `null` (unknown) may be accepted, by an approver who names this bound's id. */
  readonly unknown: 'refuse' | 'accept_by_name';
}

export interface PlanGate {
  readonly kind: 'gate';
  readonly id: string;
  readonly why: string;
  readonly after: readonly string[];
  /** Steps whose outputs are frozen and shown when the gate opens. */
  readonly shows: readonly string[];
  readonly roles: readonly PersonRole[];
  readonly quorum: number;
  readonly bounds: readonly Bound[];
}

export type PlanNode = PlanStep | PlanGate;

export interface Trigger {
  readonly event: string;
  readonly severity: string;
  readonly detection: string;
  readonly automatic: string;
  readonly manual: string;
}

export interface RunbookHeader {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly workflow: string;
  readonly exclusive: 'service' | 'none';
  readonly owner: string;
  readonly severity: string;
  readonly whenNotToUse: readonly string[];
  readonly triggers: readonly Trigger[];
  readonly pointOfNoReturn: string;
}

/** A runbook compiled for one service and one set of parameters: frozen JSON with a digest. */
export interface Plan {
  readonly schema: 1;
  readonly runbook: RunbookHeader;
  readonly service: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly objectives: Objectives;
  readonly people: readonly Person[];
  /** In an order in which every node comes after what it waits for. */
  readonly nodes: readonly PlanNode[];
  /** Digest of each action contract used: what the verbs meant when the plan was made. */
  readonly contracts: Readonly<Record<string, string>>;
  /** `sha256:` and hex of the RFC 8785 JSON of everything above. */
  readonly digest: string;
}

export const planSteps = (plan: Plan): readonly PlanStep[] => plan.nodes.filter((node) => node.kind === 'step');
export const planGates = (plan: Plan): readonly PlanGate[] => plan.nodes.filter((node) => node.kind === 'gate');
