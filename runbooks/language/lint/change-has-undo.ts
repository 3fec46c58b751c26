import type { Rule } from './rule.ts';

export const changeHasUndo: Rule = {
  id: 'change-has-undo',
  says: 'A change says how it is undone, or why it need not be.',
  check: (draft) =>
    draft.steps
      .filter((step) => step.effect === 'change' && !step.undo && !step.withoutUndo?.trim())
      .map((step) => ({
        node: step.id,
        says: 'it changes something: give `undo`, or say in `withoutUndo` why none is needed',
      })),
};
