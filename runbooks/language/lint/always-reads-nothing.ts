import { EXECUTION, referencesIn } from '../reference.ts';
import type { Rule } from './rule.ts';

export const alwaysReadsNothing: Rule = {
  id: 'always-reads-nothing',
  says: 'A step that runs whatever happened reads no outputs: the step that gives them may have failed.',
  check: (draft) =>
    draft.steps
      .filter((step) => step.always)
      .flatMap((step) => {
        const sources = [
          ...referencesIn(step.input).map(({ reference }) => reference.$ref[0]),
          ...(step.when ? [step.when.$ref[0]] : []),
        ].filter((source) => source !== EXECUTION);
        return sources.map((source) => ({
          node: step.id,
          says: `it always runs, but reads the output of ${source}: use names that follow from execution.id`,
        }));
      }),
};
