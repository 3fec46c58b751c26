import type { ExecutionOutcome } from '../domain/execution.ts';
import { intervalSeconds } from '../domain/schedule.ts';
import type { ServiceSchedule } from '../domain/service.ts';
import { type Trend, type TrendPoint, trendOf } from '../measure/trend.ts';
import type { ScheduledExecution } from './lifeboat-schedules.ts';

/** Those that began and did not come to their end: it would have taken at least as long. */
const CUT_SHORT: readonly ExecutionOutcome[] = ['failed', 'aborted', 'denied', 'handed_over'];

/** What the execution itself measured: how long its restore or its copy took. */
export const measuredSeconds = ({ restore, copy }: ScheduledExecution): number | null =>
  restore?.restoreSeconds ?? copy?.copySeconds ?? null;

/** One figure of an execution, or `null` when it says nothing about how long such a thing takes. */
export function pointOf(execution: ScheduledExecution): TrendPoint | null {
  const { startedAt: at, outcome, elapsedSeconds } = execution;
  const seconds = measuredSeconds(execution);
  if (seconds !== null) return { at, seconds, kind: 'measured' };
  const cutShort = outcome !== null && CUT_SHORT.includes(outcome);
  return cutShort && elapsedSeconds !== null ? { at, seconds: elapsedSeconds, kind: 'at_least' } : null;
}

/** How a schedule's durations develop; `null` when its executions measure none. */
export function scheduleTrend(
  schedule: ServiceSchedule,
  executions: readonly ScheduledExecution[],
  targetSeconds: number | null,
): Trend | null {
  if (!executions.some((execution) => measuredSeconds(execution) !== null)) return null;
  const points = executions.flatMap((execution) => pointOf(execution) ?? []);
  return trendOf(points, { targetSeconds, intervalSeconds: intervalSeconds(schedule.every) });
}
