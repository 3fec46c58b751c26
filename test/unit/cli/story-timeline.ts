import type { Call } from '../../../domain/action.ts';
import type { ExecutionRequest, ExecutionSnapshot, StepRecord } from '../../../domain/execution.ts';
import type { Json } from '../../../domain/json.ts';
import { type Plan, planSteps } from '../../../domain/plan.ts';
import { blank } from './story-steps.ts';

/** What one step took, in seconds, gave and called. */
export interface Told {
  readonly seconds: number;
  readonly output?: Json;
  readonly calls?: readonly Call[];
}

/** An execution whose steps ran one after the other, all of them, as they were told. */
export function told(
  plan: Plan,
  request: ExecutionRequest,
  steps: Readonly<Record<string, Told>>,
  more: Partial<ExecutionSnapshot> = {},
): ExecutionSnapshot {
  let at = Date.parse(request.requestedAt);
  const records = planSteps(plan).map(({ id }): StepRecord => {
    const step = steps[id];
    if (!step) return blank(id);
    const startedAt = new Date(at).toISOString();
    at += step.seconds * 1_000;
    const endedAt = new Date(at).toISOString();
    return {
      ...blank(id),
      state: 'done',
      startedAt,
      endedAt,
      attempts: [{ number: 1, startedAt, endedAt, error: null, observations: 2 }],
      calls: step.calls ?? [],
      output: step.output ?? null,
    };
  });
  return {
    version: 50,
    request,
    state: 'ended',
    outcome: 'succeeded',
    error: null,
    plan,
    steps: records,
    gates: [],
    marks: { declared: request.requestedAt, started: request.requestedAt },
    objectives: plan.objectives,
    actual: null,
    refusals: [],
    pausedBy: null,
    startedAt: request.requestedAt,
    endedAt: new Date(at + 400).toISOString(),
    ledger: { opened: '000000000401', sealed: '000000000402', held: 0 },
    ...more,
  };
}

/** The same execution while one step is under way: what comes after it has not been executed. */
export function during(
  snapshot: ExecutionSnapshot,
  id: string,
  more: Partial<ExecutionSnapshot> = {},
): ExecutionSnapshot {
  const here = snapshot.steps.findIndex((step) => step.id === id);
  const steps = snapshot.steps.map((step, index): StepRecord => {
    if (index < here) return step;
    if (index > here) return blank(step.id);
    const attempts = [{ ...step.attempts[0]!, endedAt: null, observations: 0 }];
    return { ...step, state: 'running', endedAt: null, output: null, calls: [], attempts };
  });
  return {
    ...snapshot,
    state: 'running',
    outcome: null,
    actual: null,
    endedAt: null,
    ledger: { ...snapshot.ledger, sealed: null },
    steps,
    ...more,
  };
}
