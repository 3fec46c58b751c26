/** The one argument of the process, as JSON. */
export interface ObserverSettings {
  /** `outside` follows the public name as a new customer does; `inside` keeps the first address it ever got. */
  readonly kind: 'outside' | 'inside';
  /** File of JSON lines, `ObservedAttempt` each. */
  readonly log: string;
  /** Public name of the service. */
  readonly name: string;
  readonly port: number;
  readonly resolver: { readonly host: string; readonly port: number };
  readonly localAddress: string;
  readonly intervalMs: number;
  /** Deadline of one attempt, name look-up included. */
  readonly timeoutMs: number;
}
