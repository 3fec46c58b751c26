/** One sample of the watch, as its journal keeps it: one JSON line. */
export interface WatchSample {
  readonly vantage: string;
  readonly number: number;
  /** Request start, Unix milliseconds. */
  readonly at: number;
  readonly doneAt: number;
  readonly outcome: 'acknowledged' | 'refused' | 'timed_out';
  /** Region that served it, when it was acknowledged. */
  readonly servedBy: string | null;
  /** Lease epoch under which it was written, when the service says so. */
  readonly epoch: number | null;
  readonly error: string | null;
}
