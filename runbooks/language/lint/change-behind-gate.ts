import type { Rule } from './rule.ts';

export const changeBehindGate: Rule = {
  id: 'change-behind-gate',
  says: 'People decide before anything but preparation changes. Actions that touch only what they made themselves need nobody, nor does telling people.',
  check: (draft) =>
    draft.steps
      .filter(
        (step) =>
          step.effect === 'irreversible' ||
          (step.effect === 'change' && !step.prepare && step.drill !== 'own' && step.role !== 'notify'),
      )
      .filter((step) => !draft.before(step).some((before) => before.kind === 'gate'))
      .map((step) => ({ node: step.id, says: `its effect is ${step.effect}, but no gate comes before it` })),
};
