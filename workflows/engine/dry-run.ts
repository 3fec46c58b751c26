import type { AttemptResult } from '../../domain/attempt.ts';
import type { ExecutionOutcome, StepRecord } from '../../domain/execution.ts';
import type { PlanNode, PlanStep } from '../../domain/plan.ts';
import { type ExecutionState, now } from './execution-state.ts';
import { failureShape } from './failure-shape.ts';
import type { GateKeeper } from './gate-keeper.ts';
import { missingSources, readReference } from './resolve-references.ts';
import type { StepRunner } from './step-runner.ts';

/** Longest one look may take: a stack's own plan and counting a large table take their time; what does not answer has its own deadline. */
const LOOK_SECONDS = 120;

/**
 * Walks every step: observe, decide, predict, and stop there. It does not end at a refusal: it collects it and goes on
 * with predictions, so that one dry run tells everything that stands in the way.
 */
export async function dryRun(state: ExecutionState, steps: StepRunner, gates: GateKeeper): Promise<ExecutionOutcome> {
  const finished = new Map<string, Promise<void>>();
  const walk = async (node: PlanNode): Promise<void> => {
    await Promise.all(node.after.map((id) => finished.get(id)));
    if (node.kind === 'gate') gates.showInDryRun(node);
    else await walkStep(state, steps, node);
  };
  for (const node of state.plan.nodes) finished.set(node.id, walk(node));
  await Promise.all(finished.values());
  const refused = state.snapshot.steps.some((step) => step.state === 'blocked');
  const outside = state.snapshot.gates.some((gate) => gate.bounds.some((reading) => reading.verdict === 'outside'));
  return refused || outside ? 'blocked' : 'ready';
}

async function walkStep(state: ExecutionState, steps: StepRunner, step: PlanStep): Promise<void> {
  const startedAt = now();
  const close = (change: Partial<StepRecord>) => state.updateStep(step.id, { endedAt: now(), ...change });
  if (step.when && readReference(step.when, state.outputs) === false) {
    close({ state: 'skipped', because: 'its condition does not hold' });
    return;
  }
  // What a step that will not run would have given is left out, as it will be then.
  const missing = missingSources(step.input, state.outputs).filter((id) => state.step(id).state !== 'skipped');
  if (missing.length > 0) {
    close({ state: 'cannot_be_predicted', because: `it reads what ${missing.join(', ')} will give` });
    return;
  }
  state.updateStep(step.id, { state: 'running', startedAt });
  try {
    const result = await steps.attempt(step, step.id, Math.min(step.timeoutSeconds, LOOK_SECONDS));
    close(recordOf(state, step, result));
  } catch (caught) {
    const error = failureShape(caught);
    // A step that may fail when it is real may fail in rehearsal too; and what looks at something that an earlier step is yet to
    // make cannot see it.
    const excused = step.onFailure === 'continue' || standsOnPrediction(state, step);
    close({ state: excused ? 'cannot_be_predicted' : 'blocked', error, because: error.message });
  }
}

function standsOnPrediction(state: ExecutionState, step: PlanStep): boolean {
  const nodes = new Map(state.plan.nodes.map((node) => [node.id, node]));
  const stands = (id: string): boolean => {
    const node = nodes.get(id);
    if (!node) return false;
    if (node.kind === 'step' && ['predicted', 'cannot_be_predicted'].includes(state.step(id).state)) return true;
    return node.after.some(stands);
  };
  return step.after.some(stands);
}

function recordOf(state: ExecutionState, step: PlanStep, result: AttemptResult): Partial<StepRecord> {
  if ('output' in result) state.outputs.set(step.id, result.output);
  switch (result.kind) {
    case 'done':
    case 'checked':
      return { state: 'checked', output: result.output, calls: result.calls };
    case 'predicted':
      return { state: 'predicted', output: result.output, calls: result.calls, because: result.why };
    case 'cannot_be_predicted':
      return { state: 'cannot_be_predicted', calls: result.calls, because: result.why };
    case 'blocked':
      if (step.onFailure === 'continue') {
        return { state: 'cannot_be_predicted', because: result.error.message, error: result.error };
      }
      return { state: 'blocked', error: result.error, because: result.error.message };
  }
}
