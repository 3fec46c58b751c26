import type { Rule } from './rule.ts';

export const objectiveIsMeasured: Rule = {
  id: 'objective-is-measured',
  says: 'The objective is measured, and only after traffic has moved.',
  check: (draft) => {
    // What only looks has no objective of its own.
    if (draft.steps.length > 0 && draft.steps.every((step) => step.effect === 'observe')) return [];
    const measures = draft.stepsOf('measure');
    if (measures.length === 0)
      return [{ node: null, says: 'it has no measure step, so nobody will know the actual RTO and RPO' }];
    return draft
      .stepsOf('traffic')
      .filter((traffic) => !measures.some((step) => draft.before(step).includes(traffic)))
      .map((traffic) => ({ node: traffic.id, says: 'no measure step waits for it' }));
  },
};
