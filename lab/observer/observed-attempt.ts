/** What the observer writes of one attempt to book, when it has ended: one JSON line. */
export interface ObservedAttempt {
  /** Start of the attempt, name look-up included, Unix milliseconds. */
  readonly at: number;
  readonly doneAt: number;
  readonly seq: number;
  /** The service acknowledged the booking. Everything else is a failure to whoever wanted to book. */
  readonly ok: boolean;
  /** Region the answer says it comes from; `null` without an answer. */
  readonly servedBy: string | null;
  /** `HTTP 503 …`, a code as `ECONNRESET`, or `timed out`: then the booking may exist all the same. */
  readonly error: string | null;
  readonly id: string;
}
