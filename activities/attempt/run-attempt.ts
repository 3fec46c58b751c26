import { setTimeout as delay } from 'node:timers/promises';
import type { Acted, Call, Decision } from '../../domain/action.ts';
import type { AttemptRequest, AttemptResult } from '../../domain/attempt.ts';
import { type ErrorShape, LifeboatError, shapeOf } from '../../domain/errors.ts';
import type { JournalRecord } from '../../domain/evidence.ts';
import type { Json } from '../../domain/json.ts';
import type { AnyImplementation, AttemptContext } from './implement.ts';
import { pollingDelayMs } from './polling-delay.ts';
import type { AttemptPorts, GuardedClients } from './ports.ts';

/** A look that keeps failing with something retryable ends the attempt after this long. */
const OBSERVATION_PATIENCE_MS = 30_000;
/** Calls that keep failing with something retryable end the attempt after this many rounds of act and look. */
const CALL_TRIES = 5;

/** What an attempt had done when it ended. */
export type AttemptFacts = Pick<AttemptResult, 'calls' | 'observations'>;

/** An attempt that came to nothing, with what it had done by then: people decide differently when something was sent. */
export class AttemptFailure extends LifeboatError {
  readonly facts: AttemptFacts;

  constructor(error: ErrorShape, facts: AttemptFacts, cause: unknown) {
    super(error.code, error.message, error);
    this.facts = facts;
    this.cause = cause;
  }
}

/**
 * One attempt: look, decide, and until done: write down the intent, act, look again. A retry after a crash looks
 * first, so a step whose effect already happened says done. A dry run stops at the first decision.
 * @throws AttemptFailure when it is refused, fails, is superseded or runs out of time; the signal's reason when cancelled.
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
  readonly #dryRun: boolean;
  /** Every call that was sent, whatever became of it. */
  readonly #calls: Call[] = [];
  #acted: Acted | null = null;
  #observations = 0;
  #lastObservedMs: number;
  #failedCalls = 0;
  #lastWords = 'it has not looked yet';

  constructor(implementation: AnyImplementation, request: AttemptRequest, ports: AttemptPorts) {
    this.#implementation = implementation;
    this.#request = request;
    this.#ports = ports;
    this.#dryRun = request.mode === 'dry_run';
    const { executionId, stepId, mode } = request;
    const service = ports.service(request.service);
    const signal = AbortSignal.any([ports.signal, AbortSignal.timeout(request.timeoutSeconds * 1_000)]);
    this.#guarded = ports.guardedClients(service, mode);
    this.#context = { executionId, stepId, mode, service, startedAt: new Date(), signal };
    this.#lastObservedMs = this.#context.startedAt.getTime();
  }

  async run(): Promise<AttemptResult> {
    try {
      const input = this.#input();
      if (!this.#dryRun && this.#implementation.contract.effect !== 'observe') await this.#claim();
      for (;;) {
        this.#ports.signal.throwIfAborted();
        const decision = await this.#look(input);
        const result = decision && (this.#dryRun ? this.#predicted(decision) : await this.#follow(decision));
        if (result) return result;
        await this.#pause();
      }
    } catch (caught) {
      if (this.#ports.signal.aborted && !(caught instanceof LifeboatError)) throw caught;
      const error = shapeOf(caught);
      // It fails either way: a journal that cannot take the reason does not change the reason.
      if (!(caught instanceof Refusal)) await this.#journal('failure', error as unknown as Json).catch(() => undefined);
      throw new AttemptFailure(error, this.#facts(), caught);
    }
  }

  #input(): unknown {
    const parsed = this.#implementation.contract.input.safeParse(this.#request.input);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') || 'input';
    throw new LifeboatError('DR_INPUT_INVALID', `${this.#request.stepId}: ${field}: ${issue?.message ?? 'not valid'}`, {
      field,
    });
  }

  /** `null` when the look failed in a way that may pass. */
  async #look(input: unknown): Promise<Decision<unknown> | null> {
    const observedAt = new Date().toISOString();
    const { executionId, service, mode } = this.#context;
    try {
      const seen = await this.#implementation.observe(this.#guarded.clients, input, this.#context);
      this.#observations += 1;
      this.#lastObservedMs = Date.now();
      return this.#implementation.decide(input, seen, this.#acted, { executionId, service, mode, observedAt });
    } catch (caught) {
      this.#ports.signal.throwIfAborted();
      const error = shapeOf(caught);
      const passes = error.retryable && Date.now() - this.#lastObservedMs <= OBSERVATION_PATIENCE_MS;
      if (this.#dryRun || !(passes || this.#leftMs() <= 0)) throw caught;
      this.#say(`cannot see: ${error.message}`);
      return null;
    }
  }

  #predicted(decision: Decision<unknown>): AttemptResult {
    const facts = this.#facts();
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
        return { ...this.#facts(), kind: 'done', output };
      }
      case 'refuse':
        await this.#journal('refusal', decision.error as unknown as Json);
        throw new Refusal(decision.error.code, decision.error.message, decision.error);
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
      throw new LifeboatError(
        'DR_ATTEMPT_SUPERSEDED',
        `attempt ${owner} of ${stepId} acts no more: a newer one owns it`,
      );
    }
    this.#calls.push(
      ...calls.filter((call) => !this.#calls.some((made) => JSON.stringify(made) === JSON.stringify(call))),
    );
    try {
      const results = await this.#guarded.permitting(calls, () => this.#execute(calls));
      this.#acted = { calls: [...this.#calls], results: [...(this.#acted?.results ?? []), ...results] };
    } catch (caught) {
      this.#ports.signal.throwIfAborted();
      // An answer that never came may hide an effect that did: look before trying again, and not for ever.
      const error = shapeOf(caught);
      this.#failedCalls += 1;
      if (!error.retryable || this.#failedCalls >= CALL_TRIES) throw caught;
      this.#say(`${error.message}; looking before trying again`);
    }
  }

  async #execute(calls: readonly Call[]): Promise<readonly Json[]> {
    const { clients } = this.#guarded;
    if (this.#implementation.act) return this.#implementation.act(clients, calls, this.#context);
    const results: Json[] = [];
    for (const call of calls) results.push(await clients.execute(call, this.#ports.signal));
    return results;
  }

  /** Waits before the next look; the last one is made when the time is over. */
  async #pause(): Promise<void> {
    this.#ports.signal.throwIfAborted();
    const leftMs = this.#leftMs();
    if (leftMs <= 0) {
      const { stepId, timeoutSeconds } = this.#request;
      throw new LifeboatError(
        'DR_STEP_TIMED_OUT',
        `${stepId}: still waiting after ${timeoutSeconds} s: ${this.#lastWords}`,
      );
    }
    const delayMs = Math.min(leftMs, pollingDelayMs(this.#waitedMs()));
    await delay(delayMs, undefined, { signal: this.#ports.signal });
  }

  #waitedMs(): number {
    return Date.now() - this.#context.startedAt.getTime();
  }

  /** The timer that ends a look may be a few milliseconds ahead of the clock: then, too, the time is over. */
  #leftMs(): number {
    return this.#context.signal.aborted ? 0 : this.#request.timeoutSeconds * 1_000 - this.#waitedMs();
  }

  #facts(): AttemptFacts {
    return { calls: [...this.#calls], observations: this.#observations };
  }

  #say(words: string): void {
    this.#lastWords = words;
    this.#ports.progress({ stepId: this.#request.stepId, says: words, observations: this.#observations });
  }

  #output(output: unknown): Json {
    return this.#implementation.contract.output.parse(output) as Json;
  }

  async #claim(): Promise<void> {
    const { executionId, stepId } = this.#request;
    await this.#kept(this.#ports.journal.claim(executionId, stepId, this.#ports.owner));
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

/** A decision not to act: journalled as such, and not a failure. */
class Refusal extends LifeboatError {}
