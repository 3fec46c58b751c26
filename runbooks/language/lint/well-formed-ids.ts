import type { Rule } from './rule.ts';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export const wellFormedIds: Rule = {
  id: 'well-formed-ids',
  says: 'Ids are lower-case words joined by hyphens: people type them.',
  check: (draft) =>
    draft.nodes
      .filter((node) => !ID.test(node.id))
      .map((node) => ({
        node: node.id,
        says: `its id is ${JSON.stringify(node.id)}, expected words like confirm-impact`,
      })),
};
