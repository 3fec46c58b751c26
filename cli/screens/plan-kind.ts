import type { Objectives } from '../../domain/objective.ts';
import { type Plan, planGates, planSteps } from '../../domain/plan.ts';
import { target } from '../terminal/duration.ts';

/**
 * What a plan is about, as its steps tell: moving customers, bringing back a database, making a copy, only looking, or something
 * else. Each is held against objectives of its own.
 */
export type PlanKind = 'move' | 'restore' | 'copy' | 'look' | 'other';

export function kindOf(plan: Plan | null): PlanKind {
  const steps = plan ? planSteps(plan) : [];
  if (steps.length === 0) return 'other';
  const has = (...roles: readonly string[]): boolean => steps.some(({ role }) => roles.includes(role));
  if (has('promote', 'traffic')) return 'move';
  if (has('copy')) return 'copy';
  if (has('restore')) return 'restore';
  return steps.every(({ effect }) => effect === 'observe') ? 'look' : 'other';
}

/** It restores, asks nobody, and cleans up after itself: drill mode is what it is for. */
export function isRehearsal(plan: Plan): boolean {
  const steps = planSteps(plan);
  return (
    kindOf(plan) === 'restore' &&
    planGates(plan).length === 0 &&
    steps.every(({ drill }) => drill !== 'never') &&
    steps.some(({ always, role }) => always && role === 'cleanup')
  );
}

/** The objectives that its figures are held against, as one line; `null` where there are none. */
export function objectivesText(plan: Plan): string | null {
  const { rtoSeconds, rpoSeconds, restoreSeconds, exposureSeconds } = plan.objectives;
  const declared = (what: string, seconds: number | undefined): string =>
    seconds === undefined ? `${what}: none is declared` : `${what} ${target(seconds)}`;
  switch (kindOf(plan)) {
    case 'move':
      return `RTO ${target(rtoSeconds)} · RPO ${target(rpoSeconds)}`;
    case 'restore':
      return declared('restore', restoreSeconds);
    case 'copy':
      return declared('exposure', exposureSeconds);
    default:
      return null;
  }
}

/** Where the clock of a plan stops, what that stretch is called, and how long it may take. */
export interface Goal {
  /** Step that reaches it; `null`: the end of the plan. */
  readonly step: string | null;
  /** It starts when the last person has approved; else with the execution. */
  readonly fromApproval: boolean;
  /** `from approval to serving`. */
  readonly stretch: string;
  readonly limit: { readonly seconds: number; readonly name: string } | null;
}

export function goalOf(plan: Plan): Goal {
  const marking = (mark: string): string | null => planSteps(plan).find((step) => step.marks === mark)?.id ?? null;
  const kind = kindOf(plan);
  if (kind === 'move' || marking('serving')) {
    return {
      step: marking('serving'),
      fromApproval: true,
      stretch: 'from approval to serving',
      limit: { seconds: plan.objectives.rtoSeconds, name: 'RTO' },
    };
  }
  if (kind === 'restore' && marking('validated')) {
    return {
      step: marking('validated'),
      fromApproval: false,
      stretch: 'until it is validated',
      limit: limitOf(plan.objectives),
    };
  }
  return { step: null, fromApproval: false, stretch: 'in all', limit: null };
}

const limitOf = ({ restoreSeconds }: Objectives): Goal['limit'] =>
  restoreSeconds === undefined ? null : { seconds: restoreSeconds, name: 'restore objective' };
