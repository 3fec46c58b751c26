import type { Mark, OnFailure } from '../../domain/plan.ts';
import type { ActionContract, AnyAction } from './action.ts';
import type { Ref, Refable } from './reference.ts';

/** A step or a gate, where only the order matters. */
export interface NodeHandle {
  readonly id: string;
}

/** A step as later steps see it. */
export interface StepHandle<Output, Missing = never> extends NodeHandle {
  /** What it will give, field by field. */
  readonly out: Ref<Output, Missing>;
}

/**
 * A conditional step as steps under the very same `when` may read it: it ran if they run, or the execution stopped for it. Lint refuses
 * such a reading under any other condition.
 */
export const underSameCondition = <Output>(step: StepHandle<Output, undefined>): StepHandle<Output> =>
  step as unknown as StepHandle<Output>;

/** How a step's effect is taken back. */
export interface UndoUse {
  readonly action: AnyAction;
  readonly input: unknown;
}

/** Names the action that takes an effect back, and its input, typed by its contract. */
export function undo<Input, Output>(action: ActionContract<Input, Output>, input: Refable<NoInfer<Input>>): UndoUse {
  return { action, input };
}

export interface StepOptions<Output> {
  /** Why the step is there, in a sentence for whoever reads the plan at night. */
  readonly why: string;
  readonly after?: readonly NodeHandle[];
  readonly marks?: Mark;
  /** Reversible and harmless either way: may run while people decide. */
  readonly prepare?: boolean;
  /** May read earlier steps and, through the argument, the step's own output. Earlier steps are safer: an attempt that vanished gave none. */
  readonly undo?: UndoUse | ((own: Ref<Output>) => UndoUse);
  /** Why a change without an undo is acceptable. */
  readonly withoutUndo?: string;
  /** Clean-up that runs whatever happened; its input must be known beforehand. */
  readonly always?: boolean;
  /** Longest one attempt may take; the contract's when absent. */
  readonly timeoutSeconds?: number;
  /** What it usually takes. */
  readonly expectSeconds?: number;
  /** Shell command that does the same when Lifeboat itself is gone. */
  readonly manual?: string;
}

/** The step either gives its output or the execution stops for it. */
export interface CertainStep<Output> extends StepOptions<Output> {
  readonly when?: never;
  readonly onFailure?: Exclude<OnFailure, 'continue'>;
}

/** The step may end without an output: it is conditional. */
export interface ConditionalStep<Output> extends StepOptions<Output> {
  /** Runs only if this is true when its turn comes; unknown counts as false. */
  readonly when: Ref<boolean> | Ref<boolean, undefined>;
  readonly onFailure?: OnFailure;
}

/** The step may end without an output: its failure is none of the execution's. */
export interface DispensableStep<Output> extends StepOptions<Output> {
  readonly when?: never;
  readonly onFailure: 'continue';
}

/** Adds a step to the plan. The action's contract types its input and its output. */
export interface DeclareStep {
  <Input, Output>(
    id: string,
    action: ActionContract<Input, Output>,
    input: Refable<NoInfer<Input>>,
    options: CertainStep<NoInfer<Output>>,
  ): StepHandle<Output>;
  <Input, Output>(
    id: string,
    action: ActionContract<Input, Output>,
    input: Refable<NoInfer<Input>>,
    options: ConditionalStep<NoInfer<Output>> | DispensableStep<NoInfer<Output>>,
  ): StepHandle<Output, undefined>;
}
