import {
  type CalendarSpecDescription,
  DAYS_OF_WEEK,
  MONTHS,
  type ScheduleDescription,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ScheduledStart } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { type CalendarRange, type ScheduleCalendar, sameCalendar } from '../../domain/schedule-calendar.ts';
import { canonicalDigest } from '../../runbooks/language/digest.ts';
import { type DesiredSchedule, WORKFLOW_TASK_MS } from './desired-schedule.ts';

/** In what a schedule differs from what is declared, whoever changed which; nothing when it stands as it must. */
export function scheduleDifferences(desired: DesiredSchedule, found: ScheduleDescription): readonly string[] {
  const { spec, policies, action, state } = found;
  const [calendar, ...more] = spec.calendars ?? [];
  const [start] = (action.args ?? []) as readonly (ScheduledStart | undefined)[];
  const same: Readonly<Record<string, boolean>> = {
    declaration: start?.declaration === desired.start.declaration,
    'what it starts': sameJson(start, desired.start) && action.workflowType === desired.workflowType,
    'task queue': action.taskQueue === desired.taskQueue,
    'workflow id': action.workflowId === desired.scheduleId,
    'workflow task timeout': action.workflowTaskTimeout === WORKFLOW_TASK_MS,
    'retry policy': !found.raw.schedule?.action?.startWorkflow?.retryPolicy,
    times:
      calendar !== undefined &&
      more.length === 0 &&
      isEmpty(spec.intervals) &&
      isEmpty(spec.skip) &&
      !spec.startAt &&
      !spec.endAt &&
      !spec.jitter &&
      sameCalendar(calendarOf(calendar), desired.calendar) &&
      isZero(calendar),
    'time zone': (spec.timezone || 'UTC') === desired.zone,
    'catch-up window': policies.catchupWindow === desired.catchUpMs,
    overlap: policies.overlap === ScheduleOverlapPolicy.SKIP,
    'pause on failure': policies.pauseOnFailure === false,
    'limit of actions': state.remainingActions === undefined,
  };
  return Object.keys(same).filter((part) => !same[part]);
}

const isEmpty = (list: readonly unknown[] | undefined): boolean => (list ?? []).length === 0;

const sameJson = (one: unknown, other: unknown): boolean =>
  one !== undefined && canonicalDigest(one as Json) === canonicalDigest(other as Json);

/** Fires at second 0, in any year. */
const isZero = ({ second, year }: CalendarSpecDescription): boolean =>
  isEmpty(year) && second.every(({ start, end }) => start === 0 && end === 0);

type NamedRange<Name> = { readonly start: Name; readonly end: Name; readonly step: number };

const numbered = <Name>(ranges: readonly NamedRange<Name>[], number: (name: Name) => number): CalendarRange[] =>
  ranges.map(({ start, end, step }) => ({ start: number(start), end: number(end), step }));

function calendarOf({ minute, hour, dayOfMonth, month, dayOfWeek }: CalendarSpecDescription): ScheduleCalendar {
  return {
    minute: numbered(minute, Number),
    hour: numbered(hour, Number),
    dayOfMonth: numbered(dayOfMonth, Number),
    month: numbered(month, (name) => MONTHS.indexOf(name) + 1),
    dayOfWeek: numbered(dayOfWeek, (name) => DAYS_OF_WEEK.indexOf(name)),
  };
}
