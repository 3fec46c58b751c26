import { mayEndWithoutOutput } from '../draft.ts';
import type { Rule } from './rule.ts';

export const lostRegionMayFail: Rule = {
  id: 'lost-region-may-fail',
  says: 'A runbook that leaves the protected region does not depend on it: steps that address it are conditional or may fail.',
  check: (draft) => {
    const { protected: lost } = draft.service.regions;
    if (!draft.leavesProtectedRegion) return [];
    return draft.steps
      .filter((step) => step.region === lost && !mayEndWithoutOutput(step))
      .map((step) => ({
        node: step.id,
        says: `it addresses ${lost}, which may be gone: give \`when\`, or onFailure: 'continue'`,
      }));
  },
};
