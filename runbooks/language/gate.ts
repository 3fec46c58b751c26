import type { Json } from '../../domain/json.ts';
import type { Bound } from '../../domain/plan.ts';
import type { PersonRole } from '../../domain/service.ts';
import type { Ref } from './reference.ts';
import type { NodeHandle, StepHandle } from './step.ts';

type MaybeNumber = number | null | undefined;

interface BoundWords {
  readonly id: string;
  /** The condition in words: what an approver signs. */
  readonly says: string;
  /** Whether an approver may accept that the fact is unknown, by naming this bound. */
  readonly unknown: Bound['unknown'];
}

/** A condition on an observed fact: at most, at least, or equal. */
export type BoundDeclaration = BoundWords &
  (
    | { readonly fact: Ref<MaybeNumber>; readonly atMost: number }
    | { readonly fact: Ref<MaybeNumber>; readonly atLeast: number }
    | { readonly fact: Ref<Json | undefined>; readonly equals: Json }
  );

export interface GateOptions {
  readonly why: string;
  /** Steps whose outputs are frozen and shown to whoever decides. */
  readonly shows: readonly (StepHandle<unknown> | StepHandle<unknown, undefined>)[];
  readonly roles: readonly PersonRole[];
  readonly quorum: number;
  readonly bounds?: readonly BoundDeclaration[];
  readonly after?: readonly NodeHandle[];
}

/** Adds a point where people decide. */
export type DeclareGate = (id: string, options: GateOptions) => NodeHandle;
