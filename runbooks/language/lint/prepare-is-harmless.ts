import type { Rule } from './rule.ts';

const MOVES = ['fence', 'promote', 'singleton', 'traffic'];

export const prepareIsHarmless: Rule = {
  id: 'prepare-is-harmless',
  says: 'Only a change can be a preparation, and never a fence, a promotion, a singleton or a traffic move.',
  check: (draft) =>
    draft.steps
      .filter((step) => step.prepare && (step.effect !== 'change' || MOVES.includes(step.role)))
      .map((step) => ({
        node: step.id,
        says: `it is marked \`prepare\`, but is a ${step.role} step with effect ${step.effect}`,
      })),
};
