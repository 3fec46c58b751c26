import type { Rule } from './rule.ts';

export const gateCanPass: Rule = {
  id: 'gate-can-pass',
  says: 'A gate asks for at least one person, and the service has as many with the role.',
  check: (draft) =>
    draft.gates.flatMap((gate) => {
      const able = draft.service.people.filter((person) => person.roles.some((role) => gate.roles.includes(role)));
      if (gate.quorum < 1) return [{ node: gate.id, says: `its quorum is ${gate.quorum}, expected at least 1` }];
      if (able.length >= gate.quorum) return [];
      const roles = gate.roles.join(' or ') || 'no role';
      return [
        {
          node: gate.id,
          says: `it wants ${gate.quorum} with role ${roles}, but ${draft.service.name} has ${able.length}: add people, or lower the quorum`,
        },
      ];
    }),
};
