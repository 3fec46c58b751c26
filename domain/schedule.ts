import { LifeboatError } from './errors.ts';
import {
  CALENDAR_LIMITS,
  type CalendarField,
  type CalendarRange,
  every as everyValue,
  longestGapSeconds,
  only,
  type ScheduleCalendar,
} from './schedule-calendar.ts';

/** When something runs, as data: at which wall-clock minutes of which zone. */
export interface ScheduleSpec {
  readonly calendar: ScheduleCalendar;
  /** IANA name, as the server spells it. */
  readonly zone: string;
  /** For people, without time and zone: `first Tue of quarter`, `daily`, `cron 30 4 * * *`. */
  readonly rhythm: string;
  /** `09:00`; `null` for cron, whose rhythm says it. */
  readonly time: string | null;
  /** What people call the distance between two runs: `quarter`, `month`, `week`, `day`, or `run`. */
  readonly unit: 'quarter' | 'month' | 'week' | 'day' | 'run';
}

/** Why a line is not understood. */
export interface Misunderstood {
  readonly found: string;
  readonly expected: string;
}

export const SCHEDULE_FORMS = [
  'quarterly: first Tuesday 09:00 Europe/Paris',
  'monthly: second Sunday 22:15 Europe/Paris',
  'weekly: Tuesday 09:00 Europe/Paris',
  'daily: 04:30 Europe/Paris',
  'cron: 30 4 * * 1-5 Europe/Paris',
] as const;

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const ORDINALS = ['first', 'second', 'third', 'fourth'] as const;
const QUARTERS: readonly CalendarRange[] = [{ start: 1, end: 10, step: 3 }];
const CRON_FIELDS = ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'] as const satisfies readonly CalendarField[];

/** Reads a line like those of `SCHEDULE_FORMS`. Upper and lower case count in zones only. */
export function readSchedule(line: string): ScheduleSpec | Misunderstood {
  const parts = /^\s*(quarterly|monthly|weekly|daily|cron)\s*:\s*(.+?)\s+(\S+)\s*$/i.exec(line);
  if (!parts) return { found: `is ${JSON.stringify(line)}`, expected: `one of the forms ${forms()}` };
  const [, kind, body, zone] = parts as unknown as [string, string, string, string];
  const wrongZone = zoneProblem(zone);
  if (wrongZone) return wrongZone;
  const words = body.split(/\s+/);
  const spec = kind.toLowerCase() === 'cron' ? cronSpec(words, zone) : calendarSpec(kind.toLowerCase(), words, zone);
  if ('found' in spec || longestGapSeconds(spec.calendar) !== null) return spec;
  return { found: `is ${JSON.stringify(line)}, which never comes`, expected: 'a day that there is' };
}

/** @throws LifeboatError DR_CONFIG_INVALID; the configuration's loader has told so before, with the field. */
export function scheduleSpec(line: string): ScheduleSpec {
  const read = readSchedule(line);
  if (!('found' in read)) return read;
  throw new LifeboatError('DR_CONFIG_INVALID', `schedule: ${read.found}, must be ${read.expected}`, {
    field: 'every',
    actual: line,
    expected: [...SCHEDULE_FORMS],
  });
}

/**
 * The most seconds between two runs, by the wall clock: 86 400 for daily, 98 days for the first Tuesday of each quarter.
 * @throws LifeboatError DR_CONFIG_INVALID
 */
export const intervalSeconds = (line: string): number => longestGapSeconds(scheduleSpec(line).calendar) ?? 0;

const forms = (): string => SCHEDULE_FORMS.map((form) => `'${form}'`).join(', ');

/** The server finds a zone by its exact name; this program would also find it by another spelling. */
function zoneProblem(zone: string): Misunderstood | null {
  const expected = "a time zone such as 'Europe/Paris' or 'UTC'";
  const spelt = Intl.supportedValuesOf('timeZone').find((known) => known.toLowerCase() === zone.toLowerCase());
  if (spelt !== undefined)
    return spelt === zone ? null : { found: `has the time zone '${zone}'`, expected: `'${spelt}'` };
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return { found: `has the time zone '${zone}'`, expected };
  }
  // Fixed offsets are no zones to the server, and abbreviations mean other things elsewhere.
  return zone === 'UTC' || /^[A-Z][A-Za-z_]+\/[A-Z]/.test(zone)
    ? null
    : { found: `has the time zone '${zone}'`, expected };
}

function calendarSpec(kind: string, words: readonly string[], zone: string): ScheduleSpec | Misunderstood {
  const example = SCHEDULE_FORMS.find((form) => form.startsWith(kind))!;
  const misunderstood = (found: string, expected = `the form '${example}'`) => ({ found, expected });
  const timeText = words.at(-1)!;
  const time = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(timeText);
  if (!time)
    return misunderstood(`has the time '${timeText}'`, `hours and minutes from 00:00 to 23:59, as in '${example}'`);
  const wanted = { daily: 1, weekly: 2, monthly: 3, quarterly: 3 }[kind]!;
  if (words.length !== wanted) return misunderstood(`says '${words.join(' ')}' after '${kind}:'`);
  const at = { minute: only(Number(time[2])), hour: only(Number(time[1])) };
  const anyDay = {
    dayOfMonth: everyValue('dayOfMonth'),
    month: everyValue('month'),
    dayOfWeek: everyValue('dayOfWeek'),
  };
  if (kind === 'daily') return { calendar: { ...at, ...anyDay }, zone, rhythm: 'daily', time: timeText, unit: 'day' };
  const weekday = WEEKDAYS.findIndex((name) => name.toLowerCase() === words.at(-2)!.toLowerCase());
  if (weekday < 0) return misunderstood(`has the weekday '${words.at(-2)}'`, `one of ${WEEKDAYS.join(', ')}`);
  const calendar = { ...at, ...anyDay, dayOfWeek: only(weekday) };
  const short = WEEKDAYS[weekday]!.slice(0, 3);
  if (kind === 'weekly') return { calendar, zone, rhythm: `every ${short}`, time: timeText, unit: 'week' };
  const ordinal = (ORDINALS as readonly string[]).indexOf(words[0]!.toLowerCase());
  // The last weekday lies on other days in months of other lengths: no one calendar of Temporal's says it.
  if (ordinal < 0) return misunderstood(`says '${words[0]}'`, `one of ${ORDINALS.join(', ')}`);
  const unit = kind === 'quarterly' ? 'quarter' : 'month';
  return {
    calendar: {
      ...calendar,
      dayOfMonth: [{ start: ordinal * 7 + 1, end: ordinal * 7 + 7, step: 1 }],
      month: unit === 'quarter' ? QUARTERS : everyValue('month'),
    },
    zone,
    rhythm: `${ORDINALS[ordinal]} ${short} of ${unit}`,
    time: timeText,
    unit,
  };
}

function cronSpec(words: readonly string[], zone: string): ScheduleSpec | Misunderstood {
  if (words.length !== CRON_FIELDS.length) {
    return {
      found: `has ${words.length} cron fields`,
      expected: 'five and a zone: minute, hour, day of the month, month, day of the week',
    };
  }
  const read: Partial<Record<CalendarField, readonly CalendarRange[]>> = {};
  for (const [index, field] of CRON_FIELDS.entries()) {
    const ranges = cronRanges(words[index]!, field);
    if (!ranges) {
      const [least, most] = CALENDAR_LIMITS[field];
      return {
        found: `has '${words[index]}' as field ${index + 1} of cron`,
        expected: `numbers from ${least} to ${most}, ranges, lists and steps, like '*', '1-5', '1,15' or '*/10'`,
      };
    }
    read[field] = ranges;
  }
  if (words[2] !== '*' && words[4] !== '*') {
    return {
      found: 'names days of the month and of the week, which cron takes for either and Temporal for both',
      expected: "'*' for one of them; for a weekday of a month, 'monthly: first Tuesday 09:00 ZONE'",
    };
  }
  return { calendar: read as ScheduleCalendar, zone, rhythm: `cron ${words.join(' ')}`, time: null, unit: 'run' };
}

/** `*`, `5`, `1-5`, steps, `8-18/2` and lists of these; `null` for anything else. Sunday is 0 or 7. */
function cronRanges(text: string, field: CalendarField): readonly CalendarRange[] | null {
  const [least, most] = CALENDAR_LIMITS[field];
  const ranges: CalendarRange[] = [];
  for (const part of text.split(',')) {
    const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!found) return null;
    const [, from, to, by] = found;
    const start = from === undefined ? least : sunday(Number(from), field);
    const end = from === undefined || (to === undefined && by !== undefined) ? most : Number(to ?? start);
    const step = Number(by ?? 1);
    if (start < least || end > most || end < start || step < 1) return null;
    ranges.push({ start, end, step });
  }
  return ranges;
}

const sunday = (value: number, field: CalendarField): number => (field === 'dayOfWeek' && value === 7 ? 0 : value);
