import type { Rule } from './rule.ts';

export const gateShowsFacts: Rule = {
  id: 'gate-shows-facts',
  says: 'A gate shows facts, and every fact it sets a bound on: nobody decides blind.',
  check: (draft) =>
    draft.gates.flatMap((gate) => {
      if (gate.shows.length === 0) return [{ node: gate.id, says: 'it shows nothing: name steps in `shows`' }];
      return gate.bounds
        .filter((bound) => !gate.shows.includes(bound.fact.$ref[0]))
        .map((bound) => ({
          node: gate.id,
          says: `bound ${bound.id} is about ${bound.fact.$ref[0]}, which it does not show`,
        }));
    }),
};
