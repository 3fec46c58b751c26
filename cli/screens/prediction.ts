import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { type Plan, planSteps } from '../../domain/plan.ts';
import { criticalPath } from '../../runbooks/language/critical-path.ts';
import { stepSeconds } from './execution-times.ts';
import { goalOf } from './plan-kind.ts';

/** How long the longest chain of steps takes, as far as their authors expect. */
export interface Prediction {
  readonly seconds: number;
  /** Steps on the way without an expectation: with any, the figure is a lower limit. */
  readonly unestimated: readonly string[];
  /** Some of it is conditional, and nobody knows yet: it may take less. */
  readonly conditional: boolean;
}

/**
 * Until the plan's goal. Where customers are moved, from the last approval on: what prepares while people decide, and all that lies
 * before a gate, is over by then. Everything else counts from its start.
 * @param skipped steps of which a dry run knows that they will not run
 */
export function predictToGoal(plan: Plan, skipped: readonly string[] = []): Prediction {
  return goalOf(plan).fromApproval ? fromApproval(plan, skipped) : predict(plan, zeros(skipped));
}

const zeros = (ids: Iterable<string>): ReadonlyMap<string, number> => new Map([...ids].map((id) => [id, 0]));

function fromApproval(plan: Plan, skipped: readonly string[]): Prediction {
  const over = new Set([
    ...skipped,
    ...planSteps(plan)
      .filter((step) => step.prepare)
      .map(({ id }) => id),
  ]);
  for (const gate of plan.nodes.filter((node) => node.kind === 'gate')) {
    for (const id of ancestorsOf(plan, gate.id)) over.add(id);
  }
  return predict(plan, zeros(over));
}

/** From now to the goal, people's time at gates left out. */
export function predictRemaining(plan: Plan, snapshot: ExecutionSnapshot, now: Date): Prediction {
  const left = new Map<string, number>();
  for (const step of snapshot.steps) {
    const expected = planSteps(plan).find(({ id }) => id === step.id)?.expectSeconds;
    if (step.state === 'running' && expected !== undefined)
      left.set(step.id, Math.max(0, expected - (stepSeconds(step, now) ?? 0)));
    else if (step.state !== 'not_executed' && step.state !== 'failed' && step.state !== 'running') left.set(step.id, 0);
  }
  return predict(plan, left);
}

function predict(plan: Plan, known: ReadonlyMap<string, number>): Prediction {
  const durations: Record<string, number> = {};
  for (const step of planSteps(plan)) {
    const seconds = known.get(step.id);
    if (seconds !== undefined) durations[step.id] = seconds;
    // An observation takes moments; what changes the world or waits for it should say how long it takes.
    else if (step.effect === 'observe' && step.expectSeconds === undefined) durations[step.id] = 0;
  }
  const goal = goalOf(plan).step;
  const { seconds, unknown } = criticalPath(plan, durations, goal === null ? {} : { until: goal });
  const conditional = planSteps(plan).some((step) => step.when !== undefined && !known.has(step.id));
  return { seconds, unestimated: unknown, conditional };
}

function ancestorsOf(plan: Plan, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (nodeId: string): void => {
    for (const before of plan.nodes.find((node) => node.id === nodeId)?.after ?? []) {
      if (found.has(before)) continue;
      found.add(before);
      visit(before);
    }
  };
  visit(id);
  return found;
}
