import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { type Plan, planSteps } from '../../domain/plan.ts';
import { criticalPath } from '../../runbooks/language/critical-path.ts';
import { stepSeconds } from './execution-times.ts';

/** How long the longest chain of steps takes, as far as their authors expect. */
export interface Prediction {
  readonly seconds: number;
  /** Steps on the way without an expectation: with any, the figure is a lower limit. */
  readonly unestimated: readonly string[];
}

/** From the last approval to serving: what prepares while people decide, and all that lies before a gate, is over by then. */
export function predictFromApproval(plan: Plan): Prediction {
  const over = new Set(
    planSteps(plan)
      .filter((step) => step.prepare)
      .map(({ id }) => id),
  );
  for (const gate of plan.nodes.filter((node) => node.kind === 'gate')) {
    for (const id of ancestorsOf(plan, gate.id)) over.add(id);
  }
  return predict(plan, new Map([...over].map((id) => [id, 0])));
}

/** From now to serving, people's time at gates left out. */
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
  const goal = planSteps(plan).find((step) => step.marks === 'serving');
  const { seconds, unknown } = criticalPath(plan, durations, goal ? { until: goal.id } : {});
  return { seconds, unestimated: unknown };
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
