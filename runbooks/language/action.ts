import type { z } from 'zod';
import type { DrillSafety, Effect, Role } from '../../domain/action.ts';

/**
 * What a finished step has established about the region it addresses, beyond its role. Lint asks for these before traffic
 * moves, so an action that declares one must fail when the thing is not so.
 */
export type Proof = 'front_door_answers' | 'holds_writer';

/**
 * The contract of one verb: what it takes, what it gives, what part it plays and what it may call. No I/O here:
 * the activity that fulfils it lives under `activities/`, in a file of the same name.
 */
export interface ActionContract<Input, Output> {
  /** Dotted and permanent: it is the activity's name in Temporal, for instance `database.promote`. */
  readonly id: string;
  readonly title: string;
  readonly role: Role;
  readonly effect: Effect;
  readonly drill: DrillSafety;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
  /** IAM-style names of every call it may make, reads included: `rds:DescribeGlobalClusters`. */
  readonly permissions: readonly string[];
  /** Longest one attempt may take, unless the step says otherwise. */
  readonly timeoutSeconds: number;
  /** Input field that names the region it addresses; absent when it addresses none. */
  readonly regionField?: keyof Input & string;
  /** Input field that names the region it moves something to, when that is not the region it addresses. */
  readonly targetRegionField?: keyof Input & string;
  readonly proves?: readonly Proof[];
}

/** Declares a contract; input and output types are inferred from the schemas. */
export function defineAction<Input, Output>(contract: ActionContract<Input, Output>): ActionContract<Input, Output> {
  return Object.freeze(contract);
}

/** A contract with its types forgotten, as plans, lint and registries hold it. */
// biome-ignore lint/suspicious/noExplicitAny: contracts of every type stand here; their schemas guard the values.
export type AnyAction = ActionContract<any, any>;
