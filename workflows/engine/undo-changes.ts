import { sleep } from '@temporalio/workflow';
import { planSteps } from '../../domain/plan.ts';
import { type ExecutionState, now } from './execution-state.ts';
import { failureShape } from './failure-shape.ts';
import type { StepRunner } from './step-runner.ts';

const UNDO_TRIES = 3;

/**
 * Undoes reversible changes, newest first. Each undo looks, decides and acts like any attempt, so undoing what never
 * happened does nothing. A failed undo is kept in the record; what that change stands on is left standing too, since taking the ground
 * away under it can do harm (writers that start on a name that was not given back). Everything else is undone. Returns what is not.
 */
export async function undoChanges(state: ExecutionState, steps: StepRunner): Promise<readonly string[]> {
  const left: string[] = [];
  const begun = [...new Set([...state.changed].reverse())];
  for (const id of begun) {
    const step = planSteps(state.plan).find((candidate) => candidate.id === id);
    if (!step?.undo) continue;
    const above = left.find((stuck) => standsOn(state, stuck, id));
    if (above !== undefined) {
      state.updateStep(id, {
        state: 'undo_failed',
        because: `not undone: ${above} stands on it and could not be undone`,
      });
      left.push(id);
      continue;
    }
    for (let tries = 1; tries <= UNDO_TRIES; tries += 1) {
      try {
        const result = await steps.attempt(step.undo, `${id}.undo`, step.timeoutSeconds);
        state.updateStep(id, {
          state: 'undone',
          endedAt: now(),
          because: 'undone',
          calls: [...state.step(id).calls, ...result.calls],
        });
        break;
      } catch (caught) {
        const error = failureShape(caught);
        state.updateStep(id, { state: 'undo_failed', error, because: `undo failed: ${error.message}` });
        if (tries === UNDO_TRIES) left.push(id);
        else await sleep(tries * 1_000);
      }
    }
  }
  return left;
}

/** Whether a step began only after another had ended. */
function standsOn(state: ExecutionState, id: string, on: string): boolean {
  const after = state.plan.nodes.find((node) => node.id === id)?.after ?? [];
  return after.some((earlier) => earlier === on || standsOn(state, earlier, on));
}
