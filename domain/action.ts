import type { ErrorShape } from './errors.ts';
import type { Json } from './json.ts';

/** What part a step plays. Lint and the engine read roles; neither knows what a database is. */
export const ROLES = [
  'check',
  'prepare',
  'fence',
  'promote',
  'capacity',
  'singleton',
  'traffic',
  'verify',
  'measure',
  'notify',
  'copy',
  'restore',
  'rebuild',
  'cleanup',
] as const;
export type Role = (typeof ROLES)[number];

/** `observe` changes nothing, `change` can be undone or is harmless either way, `irreversible` cannot be taken back. */
export type Effect = 'observe' | 'change' | 'irreversible';

/** What drill mode may do with an action: only to what it made, freely, or not at all. */
export type DrillSafety = 'own' | 'safe' | 'never';

/** One call that changes the world, named before it is made. The dry run prints it, live mode executes exactly it. */
export interface Call {
  /** Capability that executes it, as in an IAM action prefix: `rds`, `s3`, `route53`, `eks`, `sql`, `lease`, `webhook`. */
  readonly service: string;
  /** Operation name as the provider spells it, for instance `FailoverGlobalCluster`. */
  readonly operation: string;
  /** Region whose endpoint receives the call; `control` for the control place. */
  readonly region: string;
  /** What it acts on, for people: `booking-global → eu-west-3`. */
  readonly target: string;
  readonly input: Json;
}

/** `rds:FailoverGlobalCluster booking-global`: how plans, logs and tests name a call. */
export function callName(call: Call): string {
  return `${call.service}:${call.operation} ${call.target}`;
}

/**
 * What an action would do, given what it saw. Pure: no clock, no I/O.
 * `predicted` is the output a dry run goes on with; absent means it cannot be predicted.
 */
export type Decision<Output> =
  | { readonly kind: 'done'; readonly output: Output }
  | { readonly kind: 'call'; readonly calls: readonly Call[]; readonly why: string; readonly predicted?: Output }
  | {
      readonly kind: 'wait';
      readonly why: string;
      readonly predicted?: Output;
      /** Calls it will make once what it waits for has come, so that a dry run names them. */
      readonly calls?: readonly Call[];
    }
  | { readonly kind: 'refuse'; readonly error: ErrorShape };

/** What this attempt already did, so that a stale read after the act is not mistaken for a missing effect. */
export interface Acted {
  readonly calls: readonly Call[];
  readonly results: readonly Json[];
}

export const done = <Output>(output: Output): Decision<Output> => ({ kind: 'done', output });
export const call = <Output>(calls: readonly Call[], why: string, predicted?: Output): Decision<Output> =>
  predicted === undefined ? { kind: 'call', calls, why } : { kind: 'call', calls, why, predicted };
export const wait = <Output>(why: string, predicted?: Output, calls: readonly Call[] = []): Decision<Output> =>
  predicted === undefined ? { kind: 'wait', why, calls } : { kind: 'wait', why, predicted, calls };
export const refuse = (error: ErrorShape): Decision<never> => ({ kind: 'refuse', error });
