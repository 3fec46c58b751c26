import type { PlanNode, PlanStep } from '../../../domain/plan.ts';
import { type Draft, sameCondition } from '../draft.ts';
import type { Rule } from './rule.ts';

export const restoreIsValidated: Rule = {
  id: 'restore-is-validated',
  says: 'A restore is measured only once a verify step that marks `validated` found it whole: a fast restore of nothing is no figure.',
  check: (draft) =>
    draft.stepsOf('measure').flatMap((measure) =>
      unvalidatedBefore(draft, measure).map((restore) => ({
        node: measure.id,
        says: `it measures after ${restore.id}, which no verify step that marks \`validated\` and must succeed stands behind`,
      })),
    ),
};

function unvalidatedBefore(draft: Draft, measure: PlanStep): readonly PlanStep[] {
  const before = draft.before(measure);
  return draft.restores
    .filter((restore) => before.includes(restore))
    .filter((restore) => !before.some((node) => validates(draft, node, restore)));
}

/** A conditional validation counts only for a restore under the same condition. */
function validates(draft: Draft, node: PlanNode, restore: PlanStep): boolean {
  if (node.kind !== 'step' || node.role !== 'verify' || node.marks !== 'validated') return false;
  if (node.onFailure === 'continue' || !draft.before(node).includes(restore)) return false;
  return node.when === undefined || sameCondition(node.when, restore.when);
}
