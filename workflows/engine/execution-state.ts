import type { ErrorShape } from '../../domain/errors.ts';
import type {
  ApprovalRecord,
  ExecutionRequest,
  ExecutionSnapshot,
  GateRecord,
  Refusal,
  StepRecord,
} from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { type Mark, type Plan, type PlanGate, planGates, planSteps } from '../../domain/plan.ts';
import type { AbortRequest } from './abort-request.ts';

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** Workflow time as ISO 8601. */
export const now = (): string => new Date().toISOString();

/** The one mutable thing of an execution: its snapshot. Every change goes through here and raises the version. */
export class ExecutionState {
  readonly #snapshot: Mutable<ExecutionSnapshot>;
  readonly #abort: AbortRequest;
  /** Outputs by step id, plus `$execution`, for references. */
  readonly outputs = new Map<string, Json>();
  /** Steps that may have changed something, in the order in which their attempts ended. */
  readonly changed: string[] = [];

  constructor(request: ExecutionRequest, abort: AbortRequest) {
    this.#abort = abort;
    abort.onRequest(() => this.update({}));
    this.outputs.set('$execution', {
      id: request.executionId,
      // A dry run predicts a good end; a real one is known when the steps that always run begin.
      ...(request.mode === 'dry_run' && { outcome: 'succeeded' }),
    });
    this.#snapshot = {
      version: 0,
      request,
      state: 'compiling',
      outcome: null,
      error: null,
      plan: null,
      steps: [],
      gates: [],
      marks: { declared: request.requestedAt, started: now() },
      objectives: null,
      actual: null,
      refusals: [],
      pausedBy: null,
      startedAt: now(),
      endedAt: null,
      ledger: { opened: null, sealed: null, held: 0 },
    };
  }

  get snapshot(): ExecutionSnapshot {
    return this.#snapshot;
  }

  get plan(): Plan {
    const { plan } = this.#snapshot;
    if (!plan) throw new Error('the plan is read before it was pinned');
    return plan;
  }

  update(change: Partial<ExecutionSnapshot>): void {
    Object.assign(this.#snapshot, change);
    this.#snapshot.state = this.#derived();
    this.#snapshot.version += 1;
  }

  /** Results are pre-filled: a record lists every step, executed or not. */
  pin(plan: Plan): void {
    this.update({
      plan,
      objectives: plan.objectives,
      steps: planSteps(plan).map(({ id }) => ({
        id,
        state: 'not_executed',
        startedAt: null,
        endedAt: null,
        attempts: [],
        calls: [],
        output: null,
        error: null,
        because: null,
        choices: [],
      })),
      gates: planGates(plan).map((gate) => ({
        id: gate.id,
        state: 'not_reached',
        openedAt: null,
        closedAt: null,
        round: 0,
        facts: {},
        factsDigest: null,
        bounds: [],
        approvals: [],
        quorum: gate.quorum,
        approvers: this.#approvers(plan, gate, []),
        reopenedBecause: null,
      })),
    });
  }

  step(id: string): StepRecord {
    return this.#snapshot.steps.find((step) => step.id === id)!;
  }

  updateStep(id: string, change: Partial<StepRecord>): void {
    this.update({ steps: this.#snapshot.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) });
  }

  gate(id: string): GateRecord {
    return this.#snapshot.gates.find((gate) => gate.id === id)!;
  }

  updateGate(id: string, change: Partial<GateRecord>): void {
    this.update({ gates: this.#snapshot.gates.map((gate) => (gate.id === id ? { ...gate, ...change } : gate)) });
  }

  /** Sets who has decided, and with it who still may. */
  decided(gate: PlanGate, approvals: readonly ApprovalRecord[]): void {
    this.updateGate(gate.id, { approvals, approvers: this.#approvers(this.plan, gate, approvals) });
  }

  #approvers(plan: Plan, gate: PlanGate, approvals: readonly ApprovalRecord[]): readonly string[] {
    const done = new Set([this.#snapshot.request.requestedBy, ...approvals.map(({ person }) => person)]);
    return plan.people
      .filter((person) => !done.has(person.id) && person.roles.some((role) => gate.roles.includes(role)))
      .map((person) => person.id);
  }

  mark(mark: Mark, at: string): void {
    this.update({ marks: { ...this.#snapshot.marks, [mark]: at } });
  }

  refuse(refusal: Refusal): void {
    this.update({ refusals: [...this.#snapshot.refusals, refusal] });
  }

  fail(error: ErrorShape): void {
    this.update({ error });
  }

  /** Paused: nothing new starts until somebody resumes it. An abort ends the wait. */
  get held(): boolean {
    return this.#snapshot.pausedBy !== null && !this.#abort.requested;
  }

  /** What the reader is told first, derived from what steps and gates do. */
  #derived(): ExecutionSnapshot['state'] {
    const { steps, gates, pausedBy, state } = this.#snapshot;
    if (state === 'sealing' || state === 'ended' || state === 'compiling') return state;
    if (this.#abort.requested) return 'aborting';
    if (steps.some((step) => step.state === 'failed' && step.choices.length > 0)) return 'step_failed';
    if (pausedBy) return 'paused';
    const running = steps.some((step) => step.state === 'running');
    return !running && gates.some((gate) => gate.state === 'open') ? 'waiting_for_people' : 'running';
  }
}
