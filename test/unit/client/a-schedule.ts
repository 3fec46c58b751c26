import type { NewestCopy, ScheduledExecution, ScheduleView } from '../../../client/lifeboat-schedules.ts';
import { scheduleTrend } from '../../../client/schedule-trend.ts';
import type { MeasuredRestore } from '../../../domain/objective.ts';
import type { ServiceSchedule } from '../../../domain/service.ts';

export const NOW = new Date('2026-11-21T12:00:00.000Z');

export const restoreDrill: ServiceSchedule = {
  id: 'pitr-restore',
  runbook: 'pitr-restore-drill',
  mode: 'drill',
  parameters: {},
  every: 'quarterly: first Tuesday 09:00 Europe/Paris',
  catchUpHours: 6,
};
export const dailyCopy: ServiceSchedule = {
  ...restoreDrill,
  id: 'snapshot-copy',
  runbook: 'snapshot-copy',
  mode: 'live',
  every: 'daily: 04:30 Europe/Paris',
};

const minutes = (count: number) => count * 60;

/** A drill of a day at 07:00:05Z that restored in so many minutes. */
export function drillOf(day: string, took: number, more: Partial<ScheduledExecution> = {}): ScheduledExecution {
  const startedAt = `${day}T07:00:05.000Z`;
  const restore = { restoreSeconds: minutes(took) } as MeasuredRestore;
  return {
    executionId: `pr-${day.replaceAll('-', '')}-0700-0a1b2c`,
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + minutes(took + 5) * 1_000).toISOString(),
    outcome: 'succeeded',
    error: null,
    planDigest: 'sha256:now',
    objectives: null,
    restore,
    copy: null,
    elapsedSeconds: minutes(took + 5),
    ...more,
  };
}

export const cutShort = (day: string, after: number): ScheduledExecution =>
  drillOf(day, after, {
    outcome: 'failed',
    error: 'DR_VALIDATION_FAILED',
    restore: null,
    elapsedSeconds: minutes(after),
  });

/** A schedule that owes nothing, with whatever a test wants to be otherwise. */
export function viewOf(executions: readonly ScheduledExecution[], more: Partial<ScheduleView> = {}): ScheduleView {
  const schedule = more.schedule ?? restoreDrill;
  const targetSeconds = more.targetSeconds === undefined ? minutes(30) : more.targetSeconds;
  return {
    service: 'booking',
    schedule,
    objectives: { rtoSeconds: 900, rpoSeconds: 60, restoreSeconds: 1_800, exposureSeconds: 86_400 },
    temporal: {
      state: 'declared',
      paused: false,
      note: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      nextAt: '2027-01-05T08:00:00.000Z',
      previousDueAt: '2026-10-06T07:00:00.000Z',
    },
    executions,
    lastPassed: executions.find(({ outcome }) => outcome === 'succeeded') ?? null,
    newestCopy: null,
    targetSeconds,
    trend: scheduleTrend(schedule, executions, targetSeconds),
    plan: { digest: 'sha256:now', measures: 'restore' },
    ...more,
  };
}

export const copyView = (newestCopy: NewestCopy | null, more: Partial<ScheduleView> = {}): ScheduleView =>
  viewOf([drillOf('2026-11-21', 6, { restore: null })], {
    schedule: dailyCopy,
    targetSeconds: null,
    newestCopy,
    plan: { digest: 'sha256:now', measures: 'exposure' },
    temporal: {
      ...viewOf([]).temporal!,
      nextAt: '2026-11-22T03:30:00.000Z',
      previousDueAt: '2026-11-21T03:30:00.000Z',
    },
    ...more,
  });
