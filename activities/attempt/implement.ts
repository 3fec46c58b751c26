import type { Acted, Call, Decision } from '../../domain/action.ts';
import type { Json } from '../../domain/json.ts';
import type { Mode } from '../../domain/mode.ts';
import type { Service } from '../../domain/service.ts';
import type { ActionContract } from '../../runbooks/language/action.ts';
import type { Clients } from '../clients/clients.ts';

/** What an attempt knows about where it runs. */
export interface AttemptContext {
  readonly executionId: string;
  readonly stepId: string;
  readonly mode: Mode;
  readonly service: Service;
  /** When this attempt began; waiting times are counted from it. */
  readonly startedAt: Date;
  /** Aborted when the attempt is cancelled or out of time; pass it to everything that waits. */
  readonly signal: AbortSignal;
}

/** How a contract is fulfilled: look, decide, and by default execute exactly the calls decided on. */
export interface Implementation<Input, Seen, Output> {
  readonly contract: ActionContract<Input, Output>;
  /** Reads the world; changes nothing. Unknown stays unknown: absent facts are `null`, not defaults. */
  observe(clients: Clients, input: Input, context: AttemptContext): Promise<Seen>;
  /** Pure. `acted` tells what this attempt already did, so that a stale read is not taken for a missing effect. */
  decide(input: Input, seen: Seen, acted: Acted | null, context: DecisionContext): Decision<Output>;
  /** Only where executing `decision.calls` one by one cannot express it. Returns one result per call. */
  act?(clients: Clients, calls: readonly Call[], context: AttemptContext): Promise<readonly Json[]>;
}

/** The little of its surroundings that a decision may use. */
export interface DecisionContext {
  readonly executionId: string;
  readonly service: Service;
  readonly mode: Mode;
  /** Time of the observation, ISO 8601. */
  readonly observedAt: string;
}

/** Binds an implementation to its contract; the types of both must agree. */
export function implement<Input, Seen, Output>(
  contract: ActionContract<Input, Output>,
  body: Omit<Implementation<Input, Seen, Output>, 'contract'>,
): Implementation<Input, Seen, Output> {
  return { contract, ...body };
}

/** An implementation with its types forgotten, as the registry holds it. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds implementations of every type; the schemas guard them.
export type AnyImplementation = Implementation<any, any, any>;
