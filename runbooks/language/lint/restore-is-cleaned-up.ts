import type { PlanStep } from '../../../domain/plan.ts';
import type { Rule } from './rule.ts';

export const restoreIsCleanedUp: Rule = {
  id: 'restore-is-cleaned-up',
  says: 'What is restored goes away whatever happens, unless the restore says that it stays: a copy of production that nobody knows of costs money and leaks.',
  check: (draft) =>
    draft.restores
      .filter((step) => !stays(step))
      .filter((step) => !draft.stepsOf('cleanup').some((other) => other.always && other.region === step.region))
      .map((step) => ({
        node: step.id,
        says: `nothing removes what it restores in ${step.region} whatever happens: add a clean-up there with \`always\`, or say \`keep: true\``,
      })),
};

/** Only what is written in the plan counts: a reference is known too late. */
const stays = ({ input }: PlanStep): boolean => (input as Readonly<Record<string, unknown>>)['keep'] === true;
