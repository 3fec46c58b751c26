import { z } from 'zod';
import { type AnyImplementation, implement } from '../../activities/attempt/implement.ts';
import { done } from '../../domain/action.ts';
import { defineAction } from '../../runbooks/language/action.ts';
import { defineRunbook, type Runbook } from '../../runbooks/language/runbook.ts';

const trivial = {
  effect: 'observe',
  drill: 'safe',
  input: z.object({}),
  permissions: [],
  timeoutSeconds: 10,
} as const;

const look = defineAction({
  ...trivial,
  id: 'bench.look',
  title: 'Look at nothing',
  role: 'check',
  output: z.object({}),
});
const measure = defineAction({
  ...trivial,
  id: 'bench.measure',
  title: 'Measure nothing',
  role: 'measure',
  output: z.object({ rtoSeconds: z.number().nullable() }),
});

/** Actions that answer at the first look: whatever time passes is not theirs. */
export const TRIVIAL_ACTIONS: readonly AnyImplementation[] = [
  implement(look, { observe: async () => null, decide: () => done({}) }),
  implement(measure, { observe: async () => null, decide: () => done({ rtoSeconds: null }) }),
];

/** Which steps a plan has and what each waits for; what they do is left out. */
export interface PlanShape {
  readonly id: string;
  readonly nodes: readonly { readonly id: string; readonly after: readonly string[] }[];
}

const stepName = (index: number): string => `step-${index + 1}`;

export const inARow = (steps: number): PlanShape => ({
  id: `${steps}-in-a-row`,
  nodes: Array.from({ length: steps }, (_, index) => ({
    id: stepName(index),
    after: index === 0 ? [] : [stepName(index - 1)],
  })),
});

export const inParallel = (steps: number): PlanShape => ({
  id: `${steps}-in-parallel`,
  nodes: Array.from({ length: steps }, (_, index) => ({ id: stepName(index), after: [] })),
});

/** A runbook of that shape which passes lint as any runbook must: the last step measures, the others look. */
export const shapeRunbook = (shape: PlanShape): Runbook =>
  defineRunbook({
    id: shape.id,
    version: 1,
    title: `Nothing, in ${shape.nodes.length} steps`,
    workflow: 'regionFailover',
    exclusive: 'service',
    owner: 'bench',
    severity: 'none',
    whenNotToUse: ['outside the bench'],
    triggers: [],
    pointOfNoReturn: 'none',
    parameters: z.object({}),
    example: () => ({}),
    build({ step }) {
      for (const [index, { id, after }] of shape.nodes.entries()) {
        const options = { why: 'its overhead is measured', after: after.map((before) => ({ id: before })) };
        if (index === shape.nodes.length - 1) step(id, measure, {}, options);
        else step(id, look, {}, options);
      }
    },
  });
