import type { Rule } from './rule.ts';

export const fenceBeforePromote: Rule = {
  id: 'fence-before-promote',
  says: 'The old writers are fenced before anything is promoted: two writers lose data silently.',
  check: (draft) =>
    draft
      .stepsOf('promote')
      .filter((step) => !draft.provenBefore(step).some((before) => before.role === 'fence'))
      .map((step) => ({
        node: step.id,
        says: 'it promotes before any fence is sure to stand: let it wait for a fence step that must succeed',
      })),
};
