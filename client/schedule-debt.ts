import type { ErrorShape } from '../domain/errors.ts';
import { intervalSeconds } from '../domain/schedule.ts';
import type { ScheduleView } from './lifeboat-schedules.ts';
import { measuredSeconds } from './schedule-trend.ts';

/** Why nobody can rely on what a schedule rehearses; the worst first. */
export type ScheduleDebt =
  /** It is not in Temporal: it will not run. */
  | { readonly kind: 'missing' }
  /** Temporal has an older declaration; its executions would be refused. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'no_plan'; readonly error: ErrorShape }
  /** Nothing passed since it was due. */
  | { readonly kind: 'overdue'; readonly seconds: number }
  | { readonly kind: 'never_passed' }
  /** The last one that passed took longer than its objective. */
  | { readonly kind: 'target_missed'; readonly seconds: number; readonly targetSeconds: number }
  /** Longer than the objective since the data in the newest copy was current; `seconds` is `null` when there is no copy. */
  | { readonly kind: 'exposed'; readonly seconds: number | null; readonly targetSeconds: number | null }
  /** What would run now is not what passed last. */
  | { readonly kind: 'runbook_changed' }
  | { readonly kind: 'paused'; readonly note: string | null };

/** A run takes a moment to be recorded, and clocks differ a little. */
const SKEW_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** How old the data in the newest copy is; `null` for schedules that make no copies, or when there is none. */
export function exposureSeconds(view: ScheduleView, now: Date): number | null {
  if (!('digest' in view.plan) || view.plan.measures !== 'exposure' || view.newestCopy === null) return null;
  return secondsSince(view.newestCopy.dataTime, now);
}

export function debtsOf(view: ScheduleView, now: Date): readonly ScheduleDebt[] {
  const { temporal, lastPassed, plan } = view;
  const debts: ScheduleDebt[] = [];
  if (temporal && temporal.state !== 'declared') debts.push({ kind: temporal.state });
  if ('error' in plan) debts.push({ kind: 'no_plan', error: plan.error });
  const overdue = overdueSeconds(view, now);
  if (overdue !== null) debts.push({ kind: 'overdue', seconds: overdue });
  if (!lastPassed) debts.push({ kind: 'never_passed' });
  const target = view.targetSeconds;
  const took = lastPassed && measuredSeconds(lastPassed);
  if (target !== null && took !== null && took > target) {
    debts.push({ kind: 'target_missed', seconds: took, targetSeconds: target });
  }
  const exposed = exposure(view, now);
  if (exposed) debts.push(exposed);
  if (lastPassed && 'digest' in plan && plan.digest !== lastPassed.planDigest) debts.push({ kind: 'runbook_changed' });
  if (temporal?.paused) debts.push({ kind: 'paused', note: temporal.note });
  return debts;
}

function exposure(view: ScheduleView, now: Date): ScheduleDebt | null {
  if (!('digest' in view.plan) || view.plan.measures !== 'exposure') return null;
  const target = view.objectives.exposureSeconds ?? null;
  const seconds = exposureSeconds(view, now);
  if (seconds === null) return { kind: 'exposed', seconds, targetSeconds: target };
  return target !== null && seconds > target ? { kind: 'exposed', seconds, targetSeconds: target } : null;
}

/**
 * Since when something should have passed. What is still on its way is no debt: one that runs, or one that Temporal may
 * still make up for. Without Temporal the interval of the schedule is the measure.
 */
function overdueSeconds(view: ScheduleView, now: Date): number | null {
  const { temporal, lastPassed, executions, schedule } = view;
  if (temporal === null) {
    const since = lastPassed && secondsSince(lastPassed.startedAt, now) - intervalSeconds(schedule.every);
    return since !== null && since > schedule.catchUpHours * HOUR_SECONDS ? since : null;
  }
  if (temporal.previousDueAt === null) return null;
  const due = Date.parse(temporal.previousDueAt) - SKEW_SECONDS * 1_000;
  if (lastPassed && Date.parse(lastPassed.startedAt) >= due) return null;
  const late = secondsSince(temporal.previousDueAt, now);
  const [newest] = executions;
  const failedSince = newest?.endedAt != null && Date.parse(newest.startedAt) >= due;
  return failedSince || late > schedule.catchUpHours * HOUR_SECONDS ? late : null;
}

const secondsSince = (at: string, now: Date): number => (now.getTime() - Date.parse(at)) / 1_000;
