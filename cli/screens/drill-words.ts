import type { ScheduledExecution, ScheduleView, Trend } from '../../client/lifeboat-schedules.ts';
import type { ScheduleDebt } from '../../client/schedule-debt.ts';
import { measuredSeconds } from '../../client/schedule-trend.ts';
import { type ScheduleSpec, scheduleSpec } from '../../domain/schedule.ts';
import type { ServiceSchedule } from '../../domain/service.ts';
import { duration, target } from '../terminal/duration.ts';
import type { Cell } from '../terminal/layout.ts';
import type { Paint } from '../terminal/paint.ts';
import { plain } from '../terminal/text-width.ts';
import { outcomeWord } from './execution-words.ts';

/** A space at which no line is broken. */
const GLUE = '\u00a0';

/** `first Tue of quarter`, `daily 04:30`: where a date stands beside it, the date says the time. */
export function everyWords({ every }: Pick<ServiceSchedule, 'every'>): string {
  const { rhythm, time, unit } = scheduleSpec(every);
  return time === null || unit === 'quarter' || unit === 'month' ? rhythm : `${rhythm} ${time}`;
}

/** `18 m 24 s of 30 min`, or without what nothing is held against. */
const against = (seconds: number, targetSeconds: number | null): string =>
  targetSeconds === null ? duration(seconds) : `${duration(seconds)} of ${target(targetSeconds)}`;

/** How an execution ended, with its figure beside what was wanted. */
export function resultCell(execution: ScheduledExecution, targetSeconds: number | null, paint: Paint): Cell {
  const { outcome, endedAt, elapsedSeconds } = execution;
  if (endedAt === null || outcome === null) return { text: '▶ has not ended', paint: paint.busy };
  if (outcome !== 'succeeded') {
    const after = elapsedSeconds === null ? '' : ` after ${duration(elapsedSeconds)}`;
    return { text: `✗ ${outcomeWord(outcome)}${after}`, paint: paint.bad };
  }
  const seconds = measuredSeconds(execution);
  if (seconds === null) return { text: '✓ passed', paint: paint.good };
  const missed = targetSeconds !== null && seconds > targetSeconds;
  return { text: `${missed ? '✗' : '✓'} ${against(seconds, targetSeconds)}`, paint: missed ? paint.bad : paint.good };
}

/** A debt in few words, for a column. */
export function debtCell(debt: ScheduleDebt, paint: Paint): Cell {
  switch (debt.kind) {
    case 'missing':
      return { text: 'MISSING', paint: paint.bad };
    case 'outdated':
      return { text: 'outdated', paint: paint.warn };
    case 'no_plan':
      return { text: 'no plan', paint: paint.bad };
    case 'overdue':
      return { text: `OVERDUE ${coarse(debt.seconds)}`, paint: paint.bad };
    case 'never_passed':
      return { text: 'never passed', paint: paint.warn };
    case 'target_missed':
      return { text: 'target missed', paint: paint.bad };
    case 'exposed':
      return {
        text: debt.seconds === null ? 'NO COPY' : `EXPOSED ${exposureWords(debt.seconds, debt.targetSeconds)}`,
        paint: paint.bad,
      };
    case 'runbook_changed':
      return { text: 'runbook changed', paint: paint.warn };
    case 'paused':
      return { text: 'paused', paint: paint.warn };
  }
}

/** What more there is to say about a debt; `null` when the few words say it all. */
export function debtReason(debt: ScheduleDebt): string | null {
  switch (debt.kind) {
    case 'missing':
      return 'it is not in Temporal, so it will not run; a worker makes it within a minute';
    case 'outdated':
      return 'Temporal has an older declaration; a worker changes it within a minute';
    case 'no_plan':
      return `${plain(debt.error.message)} (${debt.error.code})`;
    case 'target_missed':
      return `the last that passed took ${duration(debt.seconds - debt.targetSeconds)} longer than its objective`;
    case 'exposed':
      return debt.seconds === null ? 'nothing would be left if the region and its backups went' : null;
    case 'paused':
      return debt.note === null ? null : `paused by ${plain(debt.note)}`;
    default:
      return null;
  }
}

/** `7 h of 24 h`: how old the data in the newest copy is. */
export const exposureWords = (seconds: number, targetSeconds: number | null): string =>
  targetSeconds === null ? coarse(seconds) : `${coarse(seconds)} of ${target(targetSeconds)}`;

const DAY = 86_400;

/** `45 days`, `7 h`: for what lies that far off. */
export function coarse(seconds: number): string {
  if (seconds >= 2 * DAY) return `${Math.round(seconds / DAY)} days`;
  return seconds >= 7_200 ? `${Math.round(seconds / 3_600)} h` : `${Math.max(1, Math.round(seconds / 60))} min`;
}

const UNIT_DAYS: Readonly<Record<ScheduleSpec['unit'], number | null>> = {
  quarter: 365.25 / 4,
  month: 365.25 / 12,
  week: 7,
  day: 1,
  run: null,
};

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** `12 m → 15 m → 18 m, objective 30 min: passes it in about 4 quarters`; `null` when there is nothing to warn of. */
export function trendCell({ schedule, trend, targetSeconds }: ScheduleView, paint: Paint): Cell | null {
  if (trend === null || trend.points.length === 0) return null;
  const figures = trend.points
    .slice(-3)
    .map(({ seconds, kind }) => `${kind === 'at_least' ? '≥ ' : ''}${duration(seconds)}`.replaceAll(' ', GLUE));
  const objective = targetSeconds === null ? '' : `, objective ${target(targetSeconds)}`;
  const warning = warningOf(trend, scheduleSpec(schedule.every).unit);
  const says = `${figures.join(' → ')}${objective}`;
  if (warning !== null) return { text: `${says}: ${warning}`, paint: paint.warn };
  return { text: trend.because === null ? `${says}: ${direction(trend)}` : `${says} (${trend.because})` };
}

function warningOf({ overTarget, passesTargetInDays }: Trend, unit: ScheduleSpec['unit']): string | null {
  if (overTarget) return 'the newest is over it';
  if (passesTargetInDays === null) return null;
  const days = UNIT_DAYS[unit];
  const distance =
    days === null
      ? coarse(passesTargetInDays * DAY)
      : counted(Math.max(1, Math.round(passesTargetInDays / days)), unit);
  return passesTargetInDays === 0 ? 'passes it now' : `passes it in about ${distance}`;
}

/** Less than this a year is noise. */
const STEADY = 0.1;

function direction({ points, secondsPerDay }: Trend): string {
  const yearly = (secondsPerDay ?? 0) * 365.25;
  const usual = points.reduce((sum, { seconds }) => sum + seconds, 0) / points.length;
  if (Math.abs(yearly) < STEADY * usual) return 'steady';
  return yearly > 0 ? `grows by ${duration(yearly)} a year` : `falls by ${duration(-yearly)} a year`;
}
