import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** What the control plane does after it has answered: waits in it end, and nothing more begins, once it closes. */
export class BackgroundWork {
  readonly #say: (line: string) => void;
  readonly #closing = new AbortController();
  readonly #jobs = new Set<Promise<void>>();

  constructor(say: (line: string) => void) {
    this.#say = say;
    // Each wait of each job listens for the end.
    setMaxListeners(0, this.#closing.signal);
  }

  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** A job says what became of it itself; an error it lets through is said here. */
  start(name: string, job: () => Promise<void>): void {
    const running = job()
      .catch((caught: unknown) => {
        if (!this.closed) this.#say(`rds: ${name} failed: ${reasonOf(caught)}`);
      })
      .finally(() => this.#jobs.delete(running));
    this.#jobs.add(running);
  }

  wait(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#closing.signal });
  }

  /** Rejects at once when this closes; what was waited for is not stopped. */
  async until<Value>(work: Promise<Value>): Promise<Value> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    // Nobody listens any more to the loser of the race.
    work.catch(() => undefined);
    let stop = (): void => undefined;
    const closed = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work, closed]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** One act whose failure is said and stops nothing else; only closing does. */
  async attempt(name: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await this.until(act());
    } catch (caught) {
      if (this.closed) throw caught;
      this.#say(`rds: ${name} failed: ${reasonOf(caught)}`);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#jobs);
  }
}

export const reasonOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));
