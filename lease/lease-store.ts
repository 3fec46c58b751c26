/** Who may write from now on: one grant per epoch, never changed and never deleted. */
export interface LeaseGrant {
  /** Grows by one with every fence; 1 is the first grant. */
  readonly epoch: number;
  /** The only region whose writers may write under this epoch. */
  readonly region: string;
  /** ISO 8601, by the clock of whoever advanced it. For people: validity never depends on it. */
  readonly advancedAt: string;
  /** How long one read of this grant entitles a writer to write, counted from before the read began. */
  readonly ttlMs: number;
  /** `ttlMs` of the grant before: what a fence must wait out. Absent in the first grant. */
  readonly previousTtlMs?: number;
}

/** A process that takes part: what a fence counts on, and how much it can prove. */
export interface Writer {
  readonly id: string;
  readonly region: string;
  readonly epoch: number;
  /** ISO 8601, by the writer's own clock. */
  readonly renewedAt: string;
  /** It checks the lease again inside the transaction, before COMMIT. */
  readonly rechecks: boolean;
  /** It has the database end transactions that outlast the lease. */
  readonly boundsTransactions: boolean;
  /** It may go on this long after its lease time when it cannot read the store: a fence must wait that out too. */
  readonly graceMs?: number;
}

/** Where the write lease is kept. Failures are `LifeboatError`s of code `DR_LEASE_STORE`. */
export interface LeaseStore {
  /** The newest grant. */
  read(): Promise<LeaseGrant>;
  /**
   * Takes the next epoch for a region, if `expectedEpoch` is still the newest (0: there is no grant yet).
   * Otherwise `DR_LEASE_EPOCH_CHANGED`: of two fences that expect the same epoch, one wins.
   */
  advance(toRegion: string, expectedEpoch: number): Promise<LeaseGrant>;
  /** Every registered writer, of all regions, stale ones included. */
  writers(): Promise<Writer[]>;
  register(writer: Writer): Promise<void>;
  /** Takes a writer off the list; one that is not on it is no error. */
  withdraw(id: string): Promise<void>;
}

/** What a write needs to know about the lease. */
export interface LeaseHolder {
  holds(): boolean;
  /** Whole milliseconds this process may still write without another renewal; 0 when it does not hold the lease. */
  millisecondsLeft(): number;
  /** Newest epoch seen; 0 before the first read. */
  readonly epoch: number;
}
