import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoint, Region } from '../topology.ts';
import { Connection } from './connection.ts';

const INTERVAL_MS = 500;
const DEADLINE_MS = 2_000;

/** Writes a heartbeat and the standby's lag into the writer twice a second, whatever becomes of it. */
export class LagSampler {
  readonly #writer: Region;
  readonly #endpoint: Endpoint;
  readonly #log: (line: string) => void;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #connection: Connection | null = null;
  #failing = false;

  constructor(writer: Region, endpoint: Endpoint, log: (line: string) => void) {
    this.#writer = writer;
    this.#endpoint = endpoint;
    this.#log = log;
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const dueAt = performance.now() + INTERVAL_MS;
      await this.#sample().catch((error: unknown) => this.#failed(error));
      await pause(Math.max(0, dueAt - performance.now()), undefined, { signal }).catch(() => {});
    }
    this.#connection?.drop();
  }

  async #sample(): Promise<void> {
    this.#connection ??= await Connection.open(this.#endpoint, DEADLINE_MS, this.#stopping.signal);
    await this.#connection.query('select aurora.sample($1)', [this.#writer]);
    if (this.#failing) this.#log(`lag sampler: ${this.#writer} answers again`);
    this.#failing = false;
  }

  #failed(error: unknown): void {
    this.#connection?.drop();
    this.#connection = null;
    if (this.#stopping.signal.aborted || this.#failing) return;
    this.#failing = true;
    this.#log(`lag sampler: ${this.#writer} does not answer, so its lag is not measured (${String(error)})`);
  }
}
