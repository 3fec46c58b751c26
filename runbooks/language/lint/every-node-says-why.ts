import type { Rule } from './rule.ts';

export const everyNodeSaysWhy: Rule = {
  id: 'every-node-says-why',
  says: 'Every step and gate says why it is there.',
  check: (draft) =>
    draft.nodes
      .filter((node) => node.why.trim() === '')
      .map((node) => ({ node: node.id, says: 'it does not say why it is there: fill in `why`' })),
};
