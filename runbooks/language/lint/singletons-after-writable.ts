import type { Rule } from './rule.ts';

export const singletonsAfterWritable: Rule = {
  id: 'singletons-after-writable',
  says: 'Consumers and schedulers start only once the database takes writes.',
  check: (draft) =>
    draft
      .stepsOf('singleton')
      .filter((step) => {
        const before = draft.provenBefore(step);
        return !before.some((other) => other.marks === 'writable' || draft.proves(other, 'holds_writer'));
      })
      .map((step) => ({ node: step.id, says: 'it starts consumers before anything marked the database writable' })),
};
