import { condition } from '@temporalio/workflow';
import type { ApprovalRecord, BoundReading } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { type PlanGate, type PlanStep, planGates, planSteps } from '../../domain/plan.ts';
import type { AbortRequest } from './abort-request.ts';
import { engine } from './activities.ts';
import { type ExecutionState, now } from './execution-state.ts';
import { ancestors } from './judge-skip.ts';
import { brokenBounds, readBound } from './read-bounds.ts';
import type { StepRunner } from './step-runner.ts';

/** Opens gates with frozen facts, counts approvals, and opens them again when a bound no longer holds. */
export class GateKeeper {
  readonly #state: ExecutionState;
  readonly #abort: AbortRequest;
  readonly #steps: StepRunner;
  /** Facts as they read now: frozen outputs of the steps a gate shows, or what a later reading found. */
  readonly #readings = new Map<string, Json>();
  #confirming: Promise<void> = Promise.resolve();

  constructor(state: ExecutionState, abort: AbortRequest, steps: StepRunner) {
    this.#state = state;
    this.#abort = abort;
    this.#steps = steps;
  }

  /** Opens the gate and waits for people. */
  async pass(gate: PlanGate): Promise<void> {
    this.#freeze(gate);
    await this.#open(gate, null);
    await this.#decided(gate);
  }

  /** A dry run passes every gate, showing what people would be shown. */
  showInDryRun(gate: PlanGate): void {
    this.#freeze(gate);
    this.#state.updateGate(gate.id, {
      state: 'passed_in_dry_run',
      facts: this.#facts(gate),
      bounds: this.#bounds(gate),
    });
  }

  /** Records one effective approval or denial. */
  decide(gate: PlanGate, record: ApprovalRecord): void {
    const approvals = [...this.#state.gate(gate.id).approvals, record];
    this.#state.decided(gate, approvals);
    if (record.decision === 'deny') {
      this.#state.updateGate(gate.id, { state: 'denied', closedAt: now() });
      this.#abort.request({ outcome: 'denied', because: `${record.person} denied ${gate.id}: ${record.reason}` });
    } else if (approvals.length >= gate.quorum) {
      this.#state.updateGate(gate.id, { state: 'approved', closedAt: now() });
      this.#state.mark('approved', now());
    }
  }

  /** Reads all shown facts again on request; approvals given so far are void. */
  async refresh(gate: PlanGate): Promise<void> {
    await this.#readAgain(this.#observing(gate.shows));
    await this.#open(gate, 'the facts were read again');
  }

  /** Before a fence and before the first irreversible step: do the facts still lie within what people signed? */
  confirm(step: PlanStep): Promise<void> {
    // One at a time: a second reading must not reopen a gate under people who are deciding on the first.
    this.#confirming = this.#confirming.then(() => this.#confirm(step));
    return this.#confirming;
  }

  async #confirm(step: PlanStep): Promise<void> {
    const before = ancestors(this.#state.plan, step.id);
    for (const gate of planGates(this.#state.plan)) {
      if (!before.has(gate.id) || gate.bounds.length === 0) continue;
      while (!this.#abort.requested) {
        await this.#readAgain(this.#observing(gate.bounds.map((bound) => bound.fact.$ref[0])));
        const broken = brokenBounds(this.#bounds(gate), this.#state.gate(gate.id).approvals);
        if (broken.length === 0 || this.#abort.requested) break;
        await this.#open(
          gate,
          broken.map((reading) => `${reading.says}: now ${JSON.stringify(reading.value)}`).join('; '),
        );
        await this.#decided(gate);
      }
    }
  }

  async #open(gate: PlanGate, reopenedBecause: string | null): Promise<void> {
    const facts = this.#facts(gate);
    const bounds = this.#bounds(gate);
    const factsDigest = await engine['engine.digest']({ facts, bounds: bounds as unknown as Json });
    if (this.#abort.requested) return;
    this.#state.updateGate(gate.id, {
      state: 'open',
      openedAt: now(),
      closedAt: null,
      round: this.#state.gate(gate.id).round + 1,
      facts,
      factsDigest,
      bounds,
      reopenedBecause,
    });
    this.#state.decided(gate, []);
  }

  async #decided(gate: PlanGate): Promise<void> {
    await condition(() => this.#state.gate(gate.id).state !== 'open' || this.#abort.requested);
  }

  #facts(gate: PlanGate): Readonly<Record<string, Json>> {
    return Object.fromEntries(gate.shows.map((id) => [id, this.#readings.get(id) ?? null]));
  }

  #bounds(gate: PlanGate): readonly BoundReading[] {
    return gate.bounds.map((bound) => readBound(bound, this.#readings));
  }

  #freeze(gate: PlanGate): void {
    for (const id of gate.shows) this.#readings.set(id, this.#state.outputs.get(id) ?? null);
  }

  /** Those of the steps that only look: what a change gave stays as it was given. */
  #observing(ids: readonly string[]): readonly PlanStep[] {
    return planSteps(this.#state.plan).filter((step) => step.effect === 'observe' && ids.includes(step.id));
  }

  /** What cannot be read is unknown from now on, whatever it was before. */
  async #readAgain(steps: readonly PlanStep[]): Promise<void> {
    await Promise.all(
      steps.map(async (step) => {
        try {
          const result = await this.#steps.attempt(step, step.id, step.timeoutSeconds);
          this.#readings.set(step.id, 'output' in result ? result.output : null);
        } catch {
          this.#readings.set(step.id, null);
        }
      }),
    );
  }
}
