import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Durations } from '../topology.ts';
import { afterResult, type HealthVerdict, isHealthy, UNDECIDED } from './health-verdict.ts';
import { type ProbeResult, probeUrl } from './probe-url.ts';

export interface HealthCheck {
  readonly id: string;
  /** `http://address:port/path`; no other scheme. */
  readonly url: string;
  /** Counts as healthy while the endpoint is not: how an object's presence moves traffic away. */
  readonly inverted: boolean;
  /** Source address of the checker. */
  readonly localAddress: string;
}

export interface HealthCheckStatus {
  readonly check: HealthCheck;
  /** After inversion: what the name servers go by. */
  readonly healthy: boolean;
  readonly verdict: HealthVerdict;
  /** `null` before the first result. */
  readonly last: ProbeResult | null;
  readonly intervalMs: number;
  readonly threshold: number;
}

interface Entry {
  readonly check: HealthCheck;
  verdict: HealthVerdict;
  last: ProbeResult | null;
}

/** Longest a checker waits for an answer, whatever the interval. */
const TIMEOUT_LIMIT_MS = 4_000;
/** Below this a busy machine would look like a dead endpoint. */
const TIMEOUT_FLOOR_MS = 250;
/** How often a waiting checker looks whether the interval was changed. */
const INTERVAL_LOOK_MS = 100;

/**
 * Health checks that are really performed. Interval and threshold are read anew each time, so they can be changed while
 * checks run. `change` is emitted when what the name servers go by changes.
 */
export class HealthChecks extends EventEmitter<{ change: [id: string, healthy: boolean]; result: [id: string] }> {
  readonly #durations: () => Durations;
  readonly #entries = new Map<string, Entry>();
  #running: AbortController | null = null;

  constructor(options: { readonly durations: () => Durations }) {
    super();
    this.#durations = options.durations;
  }

  /** A check added while the others run starts at once. */
  add(check: HealthCheck): void {
    if (this.#entries.has(check.id)) throw new Error(`health check '${check.id}' exists: give each its own id`);
    const { protocol } = new URL(check.url);
    if (protocol !== 'http:') throw new Error(`health check '${check.id}': url must start with http:, not ${protocol}`);
    const entry: Entry = { check, verdict: UNDECIDED, last: null };
    this.#entries.set(check.id, entry);
    if (this.#running) void this.#run(entry, this.#running.signal);
  }

  start(): void {
    if (this.#running) return;
    this.#running = new AbortController();
    for (const entry of this.#entries.values()) void this.#run(entry, this.#running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
  }

  /** Resolves when every check has had its first result; until then each counts as healthy. */
  async settled(signal?: AbortSignal): Promise<void> {
    while ([...this.#entries.values()].some((entry) => entry.last === null)) {
      await EventEmitter.once(this, 'result', signal ? { signal } : {});
    }
  }

  healthy(id: string): boolean {
    return this.status(id).healthy;
  }

  /** @throws Error when there is no such check. */
  status(id: string): HealthCheckStatus {
    const entry = this.#entries.get(id);
    if (!entry) throw new Error(`no health check '${id}': there are ${[...this.#entries.keys()].join(', ') || 'none'}`);
    const { healthCheckInterval, healthCheckThreshold } = this.#durations();
    return {
      check: entry.check,
      healthy: isHealthy(entry.verdict, entry.check.inverted),
      verdict: entry.verdict,
      last: entry.last,
      intervalMs: healthCheckInterval,
      threshold: healthCheckThreshold,
    };
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** A snapshot of what the name servers go by. */
  verdicts(): ReadonlyMap<string, boolean> {
    return new Map(this.ids().map((id) => [id, this.healthy(id)]));
  }

  async #run(entry: Entry, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = performance.now();
      const timeoutMs = Math.min(TIMEOUT_LIMIT_MS, Math.max(TIMEOUT_FLOOR_MS, this.#durations().healthCheckInterval));
      const { url, localAddress } = entry.check;
      const result = await probeUrl({ url, localAddress, timeoutMs, signal });
      if (signal.aborted) return;
      this.#note(entry, result);
      for (;;) {
        const left = startedAt + this.#durations().healthCheckInterval - performance.now();
        if (left <= 0 || signal.aborted) break;
        await pause(Math.min(left, INTERVAL_LOOK_MS), undefined, { signal }).catch(() => {});
      }
    }
  }

  #note(entry: Entry, result: ProbeResult): void {
    const { id, inverted } = entry.check;
    const before = isHealthy(entry.verdict, inverted);
    entry.last = result;
    entry.verdict = afterResult(entry.verdict, result.succeeded, this.#durations().healthCheckThreshold);
    const after = isHealthy(entry.verdict, inverted);
    if (after !== before) this.emit('change', id, after);
    this.emit('result', id);
  }
}
