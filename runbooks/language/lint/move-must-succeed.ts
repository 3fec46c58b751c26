import { mayEndWithoutOutput } from '../draft.ts';
import type { Rule } from './rule.ts';

export const moveMustSucceed: Rule = {
  id: 'move-must-succeed',
  says: 'Fences, promotions and traffic moves are neither conditional nor allowed to fail.',
  check: (draft) =>
    draft
      .stepsOf('fence', 'promote', 'traffic')
      .filter(mayEndWithoutOutput)
      .map((step) => ({
        node: step.id,
        says: `a ${step.role} step must succeed: it may have neither \`when\` nor onFailure: 'continue'`,
      })),
};
