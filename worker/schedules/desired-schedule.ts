import {
  type CalendarSpec,
  DAYS_OF_WEEK,
  type LooseRange,
  MONTHS,
  ScheduleOverlapPolicy,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import type { ScheduledStart } from '../../domain/execution.ts';
import { scheduleIdOf } from '../../domain/ids.ts';
import { scheduleSpec } from '../../domain/schedule.ts';
import type { CalendarRange, ScheduleCalendar } from '../../domain/schedule-calendar.ts';
import { askerOf, declarationOf } from '../../domain/schedule-execution.ts';
import type { Configuration, ServiceSchedule } from '../../domain/service.ts';
import { canonicalDigest } from '../../runbooks/language/digest.ts';
import { runbookById } from '../../runbooks/registry.ts';

/** A schedule as it must stand in Temporal. */
export interface DesiredSchedule {
  readonly scheduleId: string;
  readonly start: ScheduledStart;
  readonly calendar: ScheduleCalendar;
  readonly zone: string;
  readonly catchUpMs: number;
  readonly workflowType: string;
  readonly taskQueue: string;
}

const HOUR_MS = 3_600_000;
/** With the default of 10 s, a worker killed during a workflow task delays the next one by as much. */
export const WORKFLOW_TASK_MS = 3_000;

/** @throws LifeboatError DR_RUNBOOK_UNKNOWN, DR_CONFIG_INVALID */
export function desiredSchedule(
  { temporal }: Pick<Configuration, 'temporal'>,
  service: string,
  declared: ServiceSchedule,
): DesiredSchedule {
  const { calendar, zone } = scheduleSpec(declared.every);
  const { id, runbook, mode, parameters } = declared;
  const declaration = canonicalDigest(declarationOf(declared));
  return {
    scheduleId: scheduleIdOf(service, id),
    start: { kind: 'scheduled', schedule: id, runbook, service, mode, parameters, declaration },
    calendar,
    zone,
    catchUpMs: declared.catchUpHours * HOUR_MS,
    workflowType: runbookById(runbook).workflow,
    taskQueue: temporal.taskQueue,
  };
}

/**
 * What Temporal is told. The catch-up window would else be a year, and a retry policy on the workflow can deadlock a
 * schedule. A failed drill does not pause the schedule: it is to be tried again, and it is told.
 */
export function scheduleOptions(desired: DesiredSchedule): Omit<ScheduleUpdateOptions, 'state'> {
  const { start, scheduleId, catchUpMs, workflowType, taskQueue, zone } = desired;
  return {
    spec: { calendars: [calendarSpec(desired.calendar)], timezone: zone },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs, pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId: scheduleId,
      taskQueue,
      args: [start],
      workflowTaskTimeout: WORKFLOW_TASK_MS,
      memo: { requestedBy: askerOf(start.schedule) },
      staticSummary: `${start.mode} ${start.runbook} of ${start.service}, by schedule ${start.schedule}`,
    },
  };
}

const named = <Name>(ranges: readonly CalendarRange[], name: (value: number) => Name): LooseRange<Name>[] =>
  ranges.map(({ start, end, step }) => ({ start: name(start), end: name(end), step }));

function calendarSpec({ minute, hour, dayOfMonth, month, dayOfWeek }: ScheduleCalendar): CalendarSpec {
  return {
    minute: named(minute, Number),
    hour: named(hour, Number),
    dayOfMonth: named(dayOfMonth, Number),
    month: named(month, (value) => MONTHS[value - 1]!),
    dayOfWeek: named(dayOfWeek, (value) => DAYS_OF_WEEK[value]!),
  };
}
