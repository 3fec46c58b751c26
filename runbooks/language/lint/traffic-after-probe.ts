import type { Rule } from './rule.ts';

export const trafficAfterProbe: Rule = {
  id: 'traffic-after-probe',
  says: 'Traffic moves only to an address that answered when asked directly.',
  check: (draft) =>
    draft.stepsOf('traffic').flatMap((step) => {
      const target = draft.targetOf(step);
      const probed = draft
        .provenBefore(step)
        .some((before) => draft.proves(before, 'front_door_answers') && before.region === target);
      return probed
        ? []
        : [
            {
              node: step.id,
              says: `it moves traffic to ${target}, whose front door nothing before it asked at its own address`,
            },
          ];
    }),
};
