import { setTimeout as delay } from 'node:timers/promises';
import type { Acted, Call, Decision } from '../../domain/action.ts';
import type { AttemptRequest, AttemptResult } from '../../domain/attempt.ts';
import { type ErrorShape, errorShape, LifeboatError, shapeOf } from '../../domain/errors.ts';
import type { JournalRecord } from '../../domain/evidence.ts';
import type { Json } from '../../domain/json.ts';
import type { AnyImplementation, AttemptContext } from './implement.ts';
import { pollingDelayMs } from './polling-delay.ts';
import type { AttemptPorts, GuardedClients } from './ports.ts';

/** A look that keeps failing with something retryable ends the attempt after this long. */
const OBSERVATION_PATIENCE_MS = 30_000;
/** Calls that keep failing with something retryable end the attempt after this many rounds of act and look. */
const CALL_TRIES = 5;

/**
 * One attempt: look, decide, and until done: write down the intent, act, look again. A retry after a crash looks
 * first, so a step whose effect already happened says done. A dry run stops at the first decision.
 * @throws LifeboatError when a live attempt is refused, fails, is superseded or runs out of time.
 */
export async function runAttempt(
  implementation: AnyImplementation,
  request: AttemptRequest,
  ports: AttemptPorts,
): Promise<AttemptResult> {
  return new Attempt(implementation, request, ports).run();
}

class Attempt {
  readonly #implementation: AnyImplementation;
  readonly #request: AttemptRequest;
  readonly #ports: AttemptPorts;
  readonly #guarded: GuardedClients;
  readonly #context: AttemptContext;
  readonly #input: unknown;
  readonly #calls: Call[] = [];
  readonly #dryRun: boolean;
  #acted: Acted | null = null;
  #observations = 0;
  #lastObservedMs: number;
  #failedCalls = 0;

  constructor(implementation: AnyImplementation, request: AttemptRequest, ports: AttemptPorts) {
    this.#implementation = implementation;
    this.#request = request;
    this.#ports = ports;
    this.#dryRun = request.mode === 'dry_run';
    const service = ports.service(request.service);
    this.#guarded = ports.guardedClients(service, request.mode);
    const { executionId, stepId, mode } = request;
    this.#context = { executionId, stepId, mode, service, startedAt: new Date(), signal: ports.signal };
    this.#lastObservedMs = this.#context.startedAt.getTime();
    const parsed = implementation.contract.input.safeParse(request.input);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const field = issue?.path.join('.') || 'input';
      throw new LifeboatError('DR_INPUT_INVALID', `${stepId}: ${field}: ${issue?.message ?? 'not valid'}`, { field });
    }
    this.#input = parsed.data;
  }

  async run(): Promise<AttemptResult> {
    if (this.#mayAct()) {
      const { executionId, stepId } = this.#request;
      await this.#kept(this.#ports.journal.claim(executionId, stepId, this.#ports.owner));
    }
    for (;;) {
      this.#ports.signal.throwIfAborted();
      const decision = await this.#look();
      if (decision) {
        const result = this.#dryRun ? this.#predicted(decision) : await this.#follow(decision);
        if (result) return result;
      }
      await this.#pause();
    }
  }

  /** `null` when the look failed in a way that may pass. */
  async #look(): Promise<Decision<unknown> | null> {
    const observedAt = new Date().toISOString();
    try {
      const seen = await this.#implementation.observe(this.#guarded.clients, this.#input, this.#context);
      this.#observations += 1;
      this.#lastObservedMs = Date.now();
      const { executionId, service, mode } = this.#context;
      return this.#implementation.decide(this.#input, seen, this.#acted, { executionId, service, mode, observedAt });
    } catch (caught) {
      this.#ports.signal.throwIfAborted();
      const error = shapeOf(caught);
      const blindMs = Date.now() - this.#lastObservedMs;
      if (this.#dryRun || !error.retryable || blindMs > OBSERVATION_PATIENCE_MS) throw await this.#failed(error);
      this.#say(`cannot see: ${error.message}`);
      return null;
    }
  }

  #predicted(decision: Decision<unknown>): AttemptResult {
    const facts = { calls: [...this.#calls], observations: this.#observations };
    switch (decision.kind) {
      case 'done':
        return { ...facts, kind: 'checked', output: this.#output(decision.output) };
      case 'refuse':
        return { ...facts, kind: 'blocked', error: decision.error };
      case 'call':
      case 'wait': {
        const calls = decision.calls ?? [];
        return decision.predicted === undefined
          ? { ...facts, calls, kind: 'cannot_be_predicted', why: decision.why }
          : { ...facts, calls, kind: 'predicted', why: decision.why, output: this.#output(decision.predicted) };
      }
    }
  }

  async #follow(decision: Decision<unknown>): Promise<AttemptResult | null> {
    switch (decision.kind) {
      case 'done': {
        const output = this.#output(decision.output);
        await this.#journal('result', { output, calls: this.#calls as unknown as Json });
        return { kind: 'done', output, calls: [...this.#calls], observations: this.#observations };
      }
      case 'refuse':
        await this.#journal('refusal', decision.error as unknown as Json);
        throw LifeboatError.of(decision.error);
      case 'wait':
        this.#say(decision.why);
        return null;
      case 'call':
        this.#say(decision.why);
        await this.#act(decision.calls);
        return null;
    }
  }

  async #act(calls: readonly Call[]): Promise<void> {
    const { executionId, stepId } = this.#request;
    const { journal, owner } = this.#ports;
    await this.#journal('intent', calls as unknown as Json);
    // Without its store a live attempt cannot ask who owns the step; what it just saw of the world is then its only guard.
    if ((await this.#kept(journal.owns(executionId, stepId, owner))) === false) {
      throw new LifeboatError('DR_ATTEMPT_SUPERSEDED', `attempt ${owner} of ${stepId} acts no more: a newer one owns it`);
    }
    this.#calls.push(...calls.filter((call) => !this.#calls.some((made) => JSON.stringify(made) === JSON.stringify(call))));
    const { clients, permitting } = { clients: this.#guarded.clients, permitting: this.#guarded.permitting.bind(this.#guarded) };
    const act =
      this.#implementation.act ??
      (async () => {
        const results: Json[] = [];
        for (const call of calls) results.push(await clients.execute(call, this.#ports.signal));
        return results;
      });
    try {
      const results = await permitting(calls, () => act.call(this.#implementation, clients, calls, this.#context));
      this.#acted = { calls: [...this.#calls], results: [...(this.#acted?.results ?? []), ...results] };
    } catch (caught) {
      this.#ports.signal.throwIfAborted();
      // An answer that never came may hide an effect that did: look before trying again, and not for ever.
      const error = shapeOf(caught);
      this.#failedCalls += 1;
      if (!error.retryable || this.#failedCalls >= CALL_TRIES) throw await this.#failed(error);
      this.#say(`${error.message}; looking before trying again`);
    }
  }

  async #pause(): Promise<void> {
    const waitedMs = Date.now() - this.#context.startedAt.getTime();
    if (waitedMs >= this.#request.timeoutSeconds * 1_000) {
      throw await this.#failed(
        errorShape('DR_STEP_TIMED_OUT', `${this.#request.stepId}: still waiting after ${this.#request.timeoutSeconds} s: ${this.#lastWords}`),
      );
    }
    await delay(pollingDelayMs(waitedMs), undefined, { signal: this.#ports.signal });
  }

  async #failed(error: ErrorShape): Promise<LifeboatError> {
    await this.#journal('failure', error as unknown as Json);
    return LifeboatError.of(error);
  }

  #lastWords = 'it has not looked yet';

  #say(words: string): void {
    this.#lastWords = words;
    this.#ports.progress({ stepId: this.#request.stepId, says: words, observations: this.#observations });
  }

  #output(output: unknown): Json {
    return this.#implementation.contract.output.parse(output) as Json;
  }

  #mayAct(): boolean {
    return !this.#dryRun && this.#implementation.contract.effect !== 'observe';
  }

  /** Dry runs leave no journal: nothing happened. */
  async #journal(kind: JournalRecord['kind'], body: Json): Promise<void> {
    if (this.#dryRun) return;
    const { executionId, stepId } = this.#request;
    const at = new Date().toISOString();
    await this.#kept(this.#ports.journal.append({ executionId, stepId, attempt: this.#ports.owner, kind, at, body }));
  }

  /** Evidence is awaited. Only a live execution goes on without its store: Temporal's history holds the same facts. */
  async #kept<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
    try {
      return await asked;
    } catch (caught) {
      if (this.#request.mode !== 'live' || shapeOf(caught).code !== 'DR_LEDGER_UNWRITABLE') throw caught;
      this.#say('the evidence store cannot be written: records are held in the execution’s history');
      return null;
    }
  }
}
