import type { PlanStep } from '../../domain/plan.ts';

/** A message to people, or a clean-up, leaves nothing that anybody would have to put back. */
export const leavesSomething = (step: PlanStep): boolean =>
  step.effect !== 'observe' && step.role !== 'notify' && step.role !== 'cleanup';
