import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import { type AttemptResult, ROUND_SPAN } from '../../domain/attempt.ts';
import type { ErrorShape } from '../../domain/errors.ts';
import type { AttemptRecord } from '../../domain/execution.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Actual } from '../../domain/objective.ts';
import type { ActionUse, Mark, PlanStep } from '../../domain/plan.ts';
import type { AbortRequest } from './abort-request.ts';
import { attemptActivity } from './activities.ts';
import { type ExecutionState, now } from './execution-state.ts';
import { type AttemptFacts, attemptFacts, failureShape } from './failure-shape.ts';
import { choicesFor } from './judge-skip.ts';
import { readReference, resolveReferences } from './resolve-references.ts';

/** Tries that `onFailure: retry` makes before it asks people. */
const AUTOMATIC_RETRIES = 2;

/** Runs steps: timed attempts, failures that ask people, outputs and marks. Knows nothing of what an action does. */
export class StepRunner {
  readonly #state: ExecutionState;
  readonly #abort: AbortRequest;
  #rounds = 0;
  /** Answers of people to failed steps. */
  readonly #answers = new Map<string, 'retry' | 'skip'>();

  constructor(state: ExecutionState, abort: AbortRequest) {
    this.#state = state;
    this.#abort = abort;
  }

  answer(stepId: string, answer: 'retry' | 'skip'): void {
    this.#answers.set(stepId, answer);
  }

  /** Until the step is done, skipped, failed for good or the execution is being aborted. */
  async run(step: PlanStep): Promise<void> {
    if (step.when && readReference(step.when, this.#state.outputs) !== true) {
      this.#state.updateStep(step.id, { state: 'skipped', because: 'its condition does not hold', endedAt: now() });
      return;
    }
    for (let tries = 1; ; tries += 1) {
      const error = await this.#try(step);
      if (!error) return;
      const next = await this.#afterFailure(step, error, tries);
      if (next === 'stop') return;
    }
  }

  async #try(step: PlanStep): Promise<ErrorShape | null> {
    const state = this.#state;
    const earlier = state.step(step.id);
    const attempt: AttemptRecord = {
      number: earlier.attempts.length + 1,
      startedAt: now(),
      endedAt: null,
      error: null,
      observations: 0,
    };
    state.updateStep(step.id, {
      state: 'running',
      startedAt: earlier.startedAt ?? attempt.startedAt,
      error: null,
      choices: [],
      attempts: [...earlier.attempts, attempt],
    });
    const finish = (facts: AttemptFacts, error: ErrorShape | null) => {
      if (step.effect !== 'observe') state.changed.push(step.id);
      const ended = { ...attempt, endedAt: now(), error, observations: facts.observations };
      state.updateStep(step.id, {
        attempts: [...earlier.attempts, ended],
        calls: [...earlier.calls, ...facts.calls],
      });
    };
    try {
      const result = await this.attempt(step, step.id, step.timeoutSeconds);
      finish(result, null);
      this.#accept(step, result);
      return null;
    } catch (caught) {
      const error = failureShape(caught);
      finish(attemptFacts(caught) ?? { calls: [], observations: 0 }, error);
      return error;
    }
  }

  /** One attempt of any action under a step's name. An abort cuts observing attempts short, except those of a clean-up after it. */
  async attempt(use: ActionUse, stepId: string, timeoutSeconds: number): Promise<AttemptResult> {
    const { request } = this.#state.snapshot;
    this.#rounds += 1;
    const round = this.#rounds;
    const scope = new CancellationScope({ cancellable: use.effect === 'observe' });
    if (use.effect === 'observe' && !this.#abort.requested) this.#abort.onRequest(() => scope.cancel());
    return scope.run(() =>
      attemptActivity(
        use.action,
        timeoutSeconds,
        `${stepId}: ${use.title}`,
      )({
        executionId: request.executionId,
        service: request.service,
        mode: request.mode,
        stepId,
        round: round * ROUND_SPAN,
        input: resolveReferences(use.input, this.#state.outputs),
        timeoutSeconds,
      }),
    );
  }

  #accept(step: PlanStep, result: AttemptResult): void {
    const output = 'output' in result ? result.output : null;
    const endedAt = now();
    this.#state.outputs.set(step.id, output);
    this.#state.updateStep(step.id, { state: 'done', endedAt, output, error: null, choices: [] });
    if (step.marks) this.#state.mark(step.marks, statedInstant(step.marks, output) ?? endedAt);
    if (step.role === 'measure') this.#measured(output);
  }

  #measured(output: Json): void {
    const actual = output as unknown as Actual;
    this.#state.update({ actual });
    if (actual.disruptedAt) this.#state.mark('disrupted', actual.disruptedAt);
    if (actual.detectedAt) this.#state.mark('detected', actual.detectedAt);
    if (actual.servingAt) this.#state.mark('serving', actual.servingAt);
  }

  async #afterFailure(step: PlanStep, error: ErrorShape, tries: number): Promise<'again' | 'stop'> {
    const fail = (because: string | null) =>
      this.#state.updateStep(step.id, { state: 'failed', endedAt: now(), error, because, choices: [] });
    if (this.#abort.requested) {
      fail('the execution is being aborted');
      return 'stop';
    }
    if (step.onFailure === 'continue') {
      fail('allowed to fail: the execution goes on');
      return 'stop';
    }
    if (step.onFailure === 'abort') {
      fail('its failure ends the execution');
      this.#abort.request({ outcome: 'failed', because: `${step.id}: ${error.message}`, error });
      return 'stop';
    }
    if (step.onFailure === 'retry' && error.retryable && tries <= AUTOMATIC_RETRIES) {
      fail(`tried again in ${tries} s`);
      await sleep(tries * 1_000);
      await condition(() => !this.#state.held);
      return 'again';
    }
    return this.#ask(step, error);
  }

  async #ask(step: PlanStep, error: ErrorShape): Promise<'again' | 'stop'> {
    const state = this.#state;
    state.updateStep(step.id, {
      state: 'failed',
      endedAt: now(),
      error,
      because: null,
      choices: choicesFor(state.plan, step, { ...state.step(step.id), error }, pastNoReturn(state)),
    });
    this.#answers.delete(step.id);
    await condition(() => this.#answers.has(step.id) || this.#abort.requested);
    const answer = this.#answers.get(step.id);
    if (answer === 'retry' && !this.#abort.requested) return 'again';
    if (answer === 'skip') {
      state.updateStep(step.id, { state: 'skipped', because: `skipped after ${error.code}`, choices: [] });
    } else state.updateStep(step.id, { choices: [], because: 'the execution was aborted' });
    return 'stop';
  }
}

/** An irreversible step has begun; whether it took effect may even be unknown. */
export function pastNoReturn(state: ExecutionState): boolean {
  return state.plan.nodes.some(
    (node) => node.kind === 'step' && node.effect === 'irreversible' && state.step(node.id).attempts.length > 0,
  );
}

/** An action that knows the instant better than the engine says so: mark `traffic_shifted` ← output `trafficShiftedAt`. */
function statedInstant(mark: Mark, output: Json): string | null {
  const field = `${mark.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}At`;
  const value = typeof output === 'object' && output !== null ? (output as JsonObject)[field] : null;
  return typeof value === 'string' ? value : null;
}
