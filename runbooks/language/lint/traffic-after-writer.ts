import type { Rule } from './rule.ts';

export const trafficAfterWriter: Rule = {
  id: 'traffic-after-writer',
  says: 'Traffic moves only to where the writer is: after a promotion and enough capacity there, or a check that the writer is there.',
  check: (draft) =>
    draft.stepsOf('traffic').flatMap((step) => {
      const target = draft.targetOf(step);
      const there = draft.provenBefore(step).filter((before) => before.region === target);
      const promoted = there.some((before) => before.role === 'promote');
      const capable = there.some((before) => before.role === 'capacity');
      if ((promoted && capable) || there.some((before) => draft.proves(before, 'holds_writer'))) return [];
      const missing = [...(promoted ? [] : ['promotion']), ...(capable ? [] : ['capacity'])].join(' and ');
      return [{ node: step.id, says: `it moves traffic to ${target} without waiting for ${missing} there` }];
    }),
};
