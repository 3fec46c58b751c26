import { LifeboatError } from '../domain/errors.ts';
import type { LeaseGrant, LeaseHolder, LeaseStore } from './lease-store.ts';

export { FolderLeaseStore } from './folder-lease-store.ts';
export type { LeaseGrant, LeaseHolder, LeaseStore, Writer } from './lease-store.ts';
export { type TransactionClient, writeUnderLease } from './write-under-lease.ts';

/**
 * What a writer does when it cannot read the store, without having seen a newer epoch: stop when its lease time ends, or
 * go on for a grace period. A fence waits out the longest grace among the writers, so grace lengthens every failover.
 */
export type WhenStoreLost = 'stop' | { readonly graceMs: number };

export interface ParticipantOptions {
  readonly store: LeaseStore;
  /** Names this process on the list of writers: letters, digits, dots and dashes; unique over all regions. */
  readonly id: string;
  readonly region: string;
  /** `stop` unless said otherwise. */
  readonly whenStoreLost?: WhenStoreLost;
  /** What the service says of its own writes; both are true where every write goes through `writeUnderLease`. */
  readonly rechecks: boolean;
  readonly boundsTransactions: boolean;
  /** Told when this process begins or ceases to hold the lease as seen at a renewal, and when the store is lost. */
  readonly onChange?: (state: ParticipantState) => void;
}

export interface ParticipantState {
  readonly holds: boolean;
  readonly epoch: number;
  /** Why the store could not be read or written last time; `null` when it could. */
  readonly storeLost: string | null;
}

/** A grant is renewed four times in its lease time, so that one slow read costs nothing. */
const RENEWALS_PER_TTL = 4;
/** Milliseconds between reads as long as no grant has said how long it lasts. */
const FIRST_INTERVAL_MS = 250;
/** Renewals of many writers are spread by this share of the interval, either way. */
const JITTER = 0.2;

/**
 * The write lease as a service's process holds it. Renews in the background; `holds()` costs nothing and does no I/O.
 *
 * Validity runs on the monotonic clock from *before* the read that proved it, so a slow read, a stopped process or a
 * changed wall clock only ever shorten it. After `SIGSTOP` and `SIGCONT` the first `holds()` is already false.
 */
export class LeaseParticipant implements LeaseHolder {
  readonly #options: ParticipantOptions;
  #grant: LeaseGrant | null = null;
  /** `performance.now()` before the read on which this process may rely. */
  #provedAt = Number.NEGATIVE_INFINITY;
  #storeLost: string | null = null;
  /** Epoch under which this process stands on the list of writers. */
  #listedUnder = 0;
  #graceMs = 0;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> = Promise.resolve();
  #told = '';

  constructor(options: ParticipantOptions) {
    this.#options = options;
  }

  /** Newest epoch seen; 0 before the first read. */
  get epoch(): number {
    return this.#grant?.epoch ?? 0;
  }

  /** Why the store could not be reached last time; `null` when it could. */
  get storeLost(): string | null {
    return this.#storeLost;
  }

  holds(): boolean {
    return this.millisecondsLeft() > 0;
  }

  millisecondsLeft(): number {
    if (!this.#running || this.#grant?.region !== this.#options.region) return 0;
    // Grace counts only once a renewal failed: a process that was merely stopped has lost its time, not its store.
    const graceMs = this.#storeLost === null ? 0 : this.#graceMs;
    const left = this.#provedAt + this.#grant.ttlMs + graceMs - performance.now();
    return Math.max(0, Math.floor(left));
  }

  /** Begins to renew; resolves after the first try or its deadline, whether or not the lease is held then. */
  start(): Promise<void> {
    if (this.#running) return Promise.resolve();
    this.#running = true;
    return this.#renewOnce();
  }

  /** Holds nothing from this moment on. Resolves when the process is off the list of writers, or its store is lost. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    const withdrawn = this.#renewal.then(() => this.#options.store.withdraw(this.#options.id)).catch(() => undefined);
    await deadline(withdrawn, this.#intervalMs());
  }

  /** One renewal at a time: reads that hang on a lost mount must not use up the threads that other file work needs. */
  async #renewOnce(): Promise<void> {
    this.#renewal = this.#renew().then(
      () => this.#say(null),
      (error: unknown) => this.#say(error instanceof Error ? error.message : String(error)),
    );
    const deadlineMs = this.#intervalMs();
    const inTime = await deadline(this.#renewal, deadlineMs);
    if (!inTime) this.#say(`the lease store did not answer within ${deadlineMs} ms`);
    // A late answer still counts from before its read: sound, and perhaps expired already.
    void this.#renewal.then(() => this.#schedule());
  }

  async #renew(): Promise<void> {
    const { store, id, region, rechecks, boundsTransactions } = this.#options;
    const before = performance.now();
    const grant = await store.read();
    if (!this.#running) return;
    if (grant.epoch < this.epoch) throw wentBack(this.epoch, grant.epoch);
    // A new epoch ends the old one at once, but is held only when this process stands on the list a fence reads.
    if (grant.epoch > this.epoch) this.#adopt(grant, Number.NEGATIVE_INFINITY);
    // Listed before a read that still showed the epoch: then a fence sees the grace on the list it reads afterwards.
    const graceSeen = this.#listedUnder === grant.epoch;
    const registration = { id, region, epoch: grant.epoch, renewedAt: new Date().toISOString() };
    const graceMs = graceOf(this.#options);
    await store.register({ ...registration, rechecks, boundsTransactions, ...(graceMs > 0 ? { graceMs } : {}) });
    this.#listedUnder = grant.epoch;
    this.#graceMs = graceSeen ? graceMs : 0;
    if (this.#running) this.#adopt(grant, before);
  }

  #adopt(grant: LeaseGrant, provedAt: number): void {
    this.#grant = grant;
    this.#provedAt = provedAt;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    const spread = 1 - JITTER + 2 * JITTER * Math.random();
    this.#timer = setTimeout(() => void this.#renewOnce(), this.#intervalMs() * spread);
    this.#timer.unref();
  }

  #intervalMs(): number {
    return this.#grant ? Math.max(1, this.#grant.ttlMs / RENEWALS_PER_TTL) : FIRST_INTERVAL_MS;
  }

  #say(storeLost: string | null): void {
    if (!this.#running) return;
    this.#storeLost = storeLost;
    const state: ParticipantState = { holds: this.holds(), epoch: this.epoch, storeLost };
    const told = `${state.holds} ${state.epoch} ${storeLost === null}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onChange?.(state);
  }
}

const graceOf = (options: ParticipantOptions): number =>
  options.whenStoreLost === undefined || options.whenStoreLost === 'stop' ? 0 : options.whenStoreLost.graceMs;

/** Whether the work settled within the time. The work itself goes on. */
async function deadline(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function wentBack(seen: number, found: number): LifeboatError {
  return new LifeboatError('DR_LEASE_STORE', `the lease store must not go back: seen epoch ${seen}, now ${found}`, {
    field: 'epoch',
    expected: seen,
    actual: found,
    remedy: 'Check that the right lease folder is mounted.',
  });
}
