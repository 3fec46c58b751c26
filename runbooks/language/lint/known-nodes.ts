import type { Rule } from './rule.ts';

export const knownNodes: Rule = {
  id: 'known-nodes',
  says: 'Steps and gates wait only for steps and gates of the same plan.',
  check: (draft) => {
    const known = new Set(draft.nodes.map((node) => node.id));
    return draft.nodes.flatMap((node) =>
      node.after
        .filter((id) => !known.has(id))
        .map((id) => ({ node: node.id, says: `it waits for ${id}, which is not in the plan` })),
    );
  },
};
