import type { Role } from '../../../domain/action.ts';
import type { PlanStep } from '../../../domain/plan.ts';
import { sameCondition } from '../draft.ts';
import type { Rule } from './rule.ts';

export const changeIsVerified: Rule = {
  id: 'change-is-verified',
  says: 'After a change, a check, capacity or verify step that waits for it looks whether it came about. Notifications, steps that verify by changing, and clean-ups, which end only when nothing is left, are their own proof.',
  check: (draft) =>
    draft.steps
      .filter((step) => step.effect !== 'observe' && !OWN_PROOF.includes(step.role))
      .filter((step) => !draft.stepsAfter(step).some((after) => verifies(after, step)))
      .map((step) => ({
        node: step.id,
        says: 'nothing verifies it: let a check, capacity or verify step that must succeed wait for it',
      })),
};

const OWN_PROOF: readonly Role[] = ['notify', 'verify', 'cleanup'];

/** A conditional verification counts only for a change under the same condition. */
function verifies(after: PlanStep, step: PlanStep): boolean {
  if (!['check', 'capacity', 'verify'].includes(after.role) || after.onFailure === 'continue') return false;
  return after.when === undefined || sameCondition(after.when, step.when);
}
