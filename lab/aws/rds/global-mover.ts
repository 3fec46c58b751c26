import { setTimeout as pause } from 'node:timers/promises';
import type { Durations, Region } from '../../topology.ts';
import { withinDeadline } from './deadline.ts';
import type { GlobalMove, MovePhase } from './global-move.ts';
import type { ManagedDatabase } from './managed-database.ts';
import type { MoveEvents } from './move-events.ts';

/** Least time a fence is given, however short the lab's durations are set. */
const LEAST_FENCE_MS = 500;

interface GlobalMoverOptions {
  readonly database: ManagedDatabase;
  readonly durations: () => Durations;
  readonly events: MoveEvents;
  readonly say: (line: string) => void;
  /** Whether the region's instance runs and the region is not lost. */
  readonly running: (region: Region) => boolean;
  readonly reaches: (from: Region, to: Region) => boolean;
  /** Blocks the writes of the old primary of a failover; `null` where nothing can. */
  readonly fence: ((region: Region) => Promise<void>) | null;
  readonly deadlineMs: number;
}

/**
 * Takes one accepted move through its phases. Who the writer is stays the database's own fact throughout, so whatever fails
 * half way leaves descriptions that tell the truth.
 */
export class GlobalMover {
  readonly #options: GlobalMoverOptions;
  readonly #closing = new AbortController();
  #move: GlobalMove | null = null;
  #awaitingRebuild: Region | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: GlobalMoverOptions) {
    this.#options = options;
  }

  get move(): GlobalMove | null {
    return this.#move;
  }

  /** The region that a failover, or a switchover that failed half way, left behind. */
  get awaitingRebuild(): Region | null {
    return this.#awaitingRebuild;
  }

  /** It follows the new writer again. */
  rebuilt(): void {
    this.#awaitingRebuild = null;
  }

  /** The caller has made sure that no other move is in progress. */
  begin(from: Region, to: Region, unplanned: boolean): void {
    const move: GlobalMove = { from, to, unplanned, phase: 'pending' };
    this.#move = move;
    this.#running = this.#run(move);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(move: GlobalMove): Promise<void> {
    const { durations, events, say, database } = this.#options;
    const name = `${move.unplanned ? 'failover' : 'switchover'} ${move.from} → ${move.to}`;
    say(`rds: ${name} accepted`);
    try {
      await this.#wait(durations().failoverPending);
      this.#verify(move);
      this.#advance('moving');
      events.started(move);
      await (move.unplanned ? this.#failOver(move) : this.#switchOver(move));
      this.#advance('settling');
      await this.#wait(durations().failoverSettling);
      events.ended(move);
      say(`rds: ${name} done`);
    } catch (caught) {
      if (this.#closing.signal.aborted) return;
      if (database.writer === move.to) this.#awaitingRebuild = move.from;
      events.failed(move);
      say(`rds: ${name} failed: ${caught instanceof Error ? caught.message : String(caught)}`);
    } finally {
      this.#move = null;
    }
  }

  /** What AWS calls verifying both clusters while the request is pending. */
  #verify({ from, to, unplanned }: GlobalMove): void {
    const needed = unplanned ? [to] : [from, to];
    for (const region of needed) {
      if (!this.#options.running(region)) throw new Error(`the instance in ${region} no longer runs`);
    }
  }

  async #failOver(move: GlobalMove): Promise<void> {
    const { durations, database, events } = this.#options;
    const blocked = this.#fence(move).then((succeeded) => events.writesBlocked(move, succeeded));
    await Promise.all([this.#wait(durations().failingOver), blocked]);
    // Noted when the database says so, also when that is after the deadline.
    const promoted = database.promote(move.to).then(() => {
      this.#awaitingRebuild = move.from;
    });
    await this.#bounded(promoted, `promotion of ${move.to}`);
  }

  async #switchOver(move: GlobalMove): Promise<void> {
    const { durations, database, events } = this.#options;
    await this.#wait(durations().switchingOver);
    await this.#bounded(database.switchover(move.to), `switchover to ${move.to}`);
    this.#awaitingRebuild = null;
    events.writesBlocked(move, true);
    events.rolesChanged(move);
  }

  /** Aurora's own fence is best effort: the move goes on without it. */
  async #fence({ from, to }: GlobalMove): Promise<boolean> {
    const { fence, reaches, durations, say } = this.#options;
    if (!fence || !reaches(to, from)) return false;
    try {
      const deadlineMs = Math.max(durations().failingOver, LEAST_FENCE_MS);
      await withinDeadline(fence(from), deadlineMs, `fence of ${from}`);
      return true;
    } catch (caught) {
      say(`rds: writes in ${from} were not blocked: ${caught instanceof Error ? caught.message : String(caught)}`);
      return false;
    }
  }

  #advance(phase: MovePhase): void {
    if (this.#move) this.#move = { ...this.#move, phase };
  }

  #wait(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#closing.signal });
  }

  async #bounded(work: Promise<void>, what: string): Promise<void> {
    const { signal } = this.#closing;
    let stop = (): void => undefined;
    const closed = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      await withinDeadline(Promise.race([work, closed]), this.#options.deadlineMs, what);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
