import type { Role } from '../../domain/action.ts';
import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import type { ExecutionRequest, StepChoice, StepRecord } from '../../domain/execution.ts';
import { type Plan, type PlanStep, planGates, planSteps } from '../../domain/plan.ts';

const NEVER_SKIPPED: readonly Role[] = ['fence', 'promote'];

/** Every node that must finish before this one, near and far. */
export function ancestors(plan: Plan, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (nodeId: string): void => {
    for (const before of plan.nodes.find((node) => node.id === nodeId)?.after ?? []) {
      if (!found.has(before)) {
        found.add(before);
        visit(before);
      }
    }
  };
  visit(id);
  return found;
}

/** Whether a failed step may be skipped at all; `null` when it may. */
export function skipRefusal(plan: Plan, step: PlanStep): string | null {
  if (NEVER_SKIPPED.includes(step.role)) return `a ${step.role} step cannot be skipped`;
  const fenceVerified = planSteps(plan).find((other) => other.role === 'fence' && step.after.includes(other.id));
  if (fenceVerified && (step.role === 'verify' || step.role === 'check')) {
    return `it verifies the fence ${fenceVerified.id}`;
  }
  const reader = plan.nodes.find((node) =>
    node.kind === 'step'
      ? node.reads.includes(step.id) || node.when?.$ref[0] === step.id
      : node.shows.includes(step.id) || node.bounds.some((bound) => bound.fact.$ref[0] === step.id),
  );
  return reader ? `${reader.id} needs its output` : null;
}

/** Behind a gate, four eyes: a skip by the asker is refused. */
export function judgeSkip(plan: Plan, step: PlanStep, request: ExecutionRequest, person: string): ErrorShape | null {
  const why = skipRefusal(plan, step);
  if (why) return errorShape('DR_SKIP_REFUSED', `${step.id} cannot be skipped: ${why}`, { field: step.id });
  const before = ancestors(plan, step.id);
  const behindGate = planGates(plan).some((gate) => before.has(gate.id));
  if (behindGate && person === request.requestedBy) {
    return errorShape(
      'DR_SECOND_PERSON_NEEDED',
      `skipping ${step.id}, which lies behind a gate, needs another person`,
      {
        expected: `anybody but ${request.requestedBy}`,
        actual: person,
      },
    );
  }
  return null;
}

/** What people can do about a failed step, each with its reason. */
export function choicesFor(plan: Plan, step: PlanStep, record: StepRecord, pastNoReturn: boolean): StepChoice[] {
  const lost = step.effect !== 'observe' && record.error?.code === 'DR_ATTEMPT_LOST';
  const sent = record.calls.length > 0 || lost;
  const why = skipRefusal(plan, step);
  return [
    {
      command: 'retry',
      possible: true,
      because: sent ? 'it looks first: what already happened is not done again' : 'safe: nothing was sent',
    },
    {
      command: 'abort',
      possible: true,
      because: pastNoReturn
        ? 'past the point of no return: nothing is undone, people take over'
        : 'nothing irreversible was done: changes are undone',
    },
    { command: 'skip', possible: why === null, because: why ?? 'no later step needs its output' },
  ];
}
