import { regionIn } from '../build-draft.ts';
import type { Rule } from './rule.ts';

export const literalRegions: Rule = {
  id: 'literal-regions',
  says: 'The region a step addresses is known when the plan is made, and its undo addresses the same one.',
  check: (draft) =>
    draft.steps.flatMap((step) => {
      if (step.region === '') return [{ node: step.id, says: 'its region is a reference: name the region itself' }];
      const action = step.undo && draft.contracts.get(step.undo.action);
      const undoRegion = action && step.undo ? regionIn(action, step.undo.input) : step.region;
      return undoRegion === step.region
        ? []
        : [
            {
              node: step.id,
              says: `it addresses ${step.region}, but its undo addresses ${undoRegion || 'a reference'}`,
            },
          ];
    }),
};
