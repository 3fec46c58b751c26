import { topologicalOrder } from '../topological-order.ts';
import type { Rule } from './rule.ts';

export const noCycles: Rule = {
  id: 'no-cycles',
  says: 'No step waits for itself, near or far.',
  check: (draft) => {
    const known = new Set(draft.nodes.map((node) => node.id));
    const nodes = draft.nodes.map((node) => ({ ...node, after: node.after.filter((id) => known.has(id)) }));
    const stuck = topologicalOrder(nodes).stuck.filter((id) =>
      draft.nodes.some((node) => node.id === id && draft.before(node).some((other) => other.id === id)),
    );
    return stuck.length === 0
      ? []
      : [{ node: stuck[0] ?? null, says: `these wait for each other: ${stuck.join(', ')}` }];
  },
};
