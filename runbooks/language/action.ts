import type { z } from 'zod';
import type { DrillSafety, Effect, Role } from '../../domain/action.ts';

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
}

/** Declares a contract; input and output types are inferred from the schemas. */
export function defineAction<Input, Output>(contract: ActionContract<Input, Output>): ActionContract<Input, Output> {
  return Object.freeze(contract);
}
