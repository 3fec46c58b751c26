import type { WatchSample } from '../domain/watch-sample.ts';

/** One outage as a vantage saw it. Instants are ISO 8601, UTC. */
export interface OutageRecord {
  /** Start of the last success before it; `null` when none was seen. */
  readonly from: string | null;
  /** Start of the first success that held; `null` while it lasts. */
  readonly to: string | null;
  /** Failed canaries so far. */
  readonly misses: number;
}

const MISSES_NEEDED = 3;
const HOLD_MS = 3_000;

/** What was known when the process before this one ended. */
export interface Before {
  readonly lastSuccessAt: number | null;
  /** An outage that was on then. */
  readonly outage: OutageRecord | null;
}

/**
 * Finds outages as samples come in, by the definitions that `measure/` computes with afterwards (a test holds the two together).
 * Samples end in any order; they are looked at in the order in which they began.
 */
export class OutageTracker {
  readonly #begun: number[] = [];
  readonly #ended = new Map<number, WatchSample>();
  readonly #report: (outage: OutageRecord) => void;
  #before: WatchSample | null = null;
  #lastSuccessAt: number | null;
  #run = 0;
  #outage: { readonly from: string | null; misses: number } | null;
  /** First success of the stretch that may turn out to be serving. */
  #candidate: WatchSample | null = null;

  /** @param report called when an outage begins and when it has ended. */
  constructor(before: Before, report: (outage: OutageRecord) => void) {
    this.#lastSuccessAt = before.lastSuccessAt;
    this.#outage = before.outage && { from: before.outage.from, misses: before.outage.misses };
    this.#report = report;
  }

  began(number: number): void {
    this.#begun.push(number);
  }

  ended(sample: WatchSample): void {
    this.#ended.set(sample.number, sample);
    for (let first = this.#begun[0]; first !== undefined; first = this.#begun[0]) {
      const next = this.#ended.get(first);
      if (!next) return;
      this.#begun.shift();
      this.#ended.delete(first);
      this.#take(next);
      this.#before = next;
    }
  }

  #take(sample: WatchSample): void {
    const succeeded = sample.outcome === 'acknowledged';
    if (this.#outage) this.#takeDuringOutage(sample, succeeded);
    // An outage that the sample showed to be over leaves the sample to be looked at as any other.
    if (!this.#outage) this.#takeWhileServing(sample, succeeded);
  }

  #takeWhileServing(sample: WatchSample, succeeded: boolean): void {
    if (succeeded) {
      this.#lastSuccessAt = sample.at;
      this.#run = 0;
      return;
    }
    this.#run += 1;
    if (this.#run < MISSES_NEEDED) return;
    this.#outage = { from: instant(this.#lastSuccessAt), misses: this.#run };
    this.#candidate = null;
    this.#report({ ...this.#outage, to: null });
  }

  #takeDuringOutage(sample: WatchSample, succeeded: boolean): void {
    const outage = this.#outage!;
    const candidate = this.#followsOn(sample) ? this.#candidate : null;
    if (candidate && sample.at > candidate.at + HOLD_MS) {
      this.#report({ ...outage, to: instant(candidate.at) });
      this.#outage = null;
      this.#candidate = null;
      this.#lastSuccessAt = this.#before!.at;
      this.#run = 0;
      return;
    }
    if (!succeeded) outage.misses += 1;
    this.#candidate = succeeded ? (candidate ?? sample) : null;
  }

  /** A missing number may have failed, and silence as long as the hold proves nothing. */
  #followsOn({ number, at }: WatchSample): boolean {
    return this.#before !== null && number === this.#before.number + 1 && at - this.#before.at <= HOLD_MS;
  }
}

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
