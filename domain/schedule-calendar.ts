/** Every `step`-th whole number from `start` to `end`, both included. */
export interface CalendarRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Wall-clock minutes: those at which every field matches. Days of the week count from 0, Sunday; months from 1. */
export interface ScheduleCalendar {
  readonly minute: readonly CalendarRange[];
  readonly hour: readonly CalendarRange[];
  readonly dayOfMonth: readonly CalendarRange[];
  readonly month: readonly CalendarRange[];
  readonly dayOfWeek: readonly CalendarRange[];
}

export type CalendarField = keyof ScheduleCalendar;

/** Least and greatest value of each field. */
export const CALENDAR_LIMITS: Readonly<Record<CalendarField, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  dayOfMonth: [1, 31],
  month: [1, 12],
  dayOfWeek: [0, 6],
};

const CALENDAR_FIELDS = Object.keys(CALENDAR_LIMITS) as readonly CalendarField[];

export const only = (value: number): readonly CalendarRange[] => [{ start: value, end: value, step: 1 }];

export const every = (field: CalendarField): readonly CalendarRange[] => {
  const [start, end] = CALENDAR_LIMITS[field];
  return [{ start, end, step: 1 }];
};

/** The values of a field, ascending, each once. */
export function valuesOf(ranges: readonly CalendarRange[]): readonly number[] {
  const values = new Set<number>();
  for (const { start, end, step } of ranges) {
    for (let value = start; value <= Math.max(start, end); value += Math.max(1, step)) values.add(value);
  }
  return [...values].sort((one, other) => one - other);
}

/** Whether two calendars mean the same minutes, however their ranges are written. */
export const sameCalendar = (one: ScheduleCalendar, other: ScheduleCalendar): boolean =>
  CALENDAR_FIELDS.every((field) => valuesOf(one[field]).join() === valuesOf(other[field]).join());

const has = (ranges: readonly CalendarRange[], value: number): boolean =>
  ranges.some(
    ({ start, end, step }) =>
      value >= start && value <= Math.max(start, end) && (value - start) % Math.max(1, step) === 0,
  );

/** @param wall a wall-clock minute, as milliseconds as if its zone were UTC. */
export function matchesWall(calendar: ScheduleCalendar, wall: number): boolean {
  const at = new Date(wall);
  return matchesDay(calendar, at) && has(calendar.hour, at.getUTCHours()) && has(calendar.minute, at.getUTCMinutes());
}

const matchesDay = (calendar: ScheduleCalendar, at: Date): boolean =>
  has(calendar.month, at.getUTCMonth() + 1) &&
  has(calendar.dayOfMonth, at.getUTCDate()) &&
  has(calendar.dayOfWeek, at.getUTCDay());

const DAY_SECONDS = 86_400;
/** Fixed, so that the answer never depends on when it is asked; long enough for every alignment of weekday and month. */
const SPAN = { from: Date.UTC(2024, 0, 1), days: 28 * 366 } as const;

/**
 * The most seconds that lie between one run and the next by the wall clock (a change of the clocks may add an hour), or
 * `null` when it never runs.
 */
export function longestGapSeconds(calendar: ScheduleCalendar): number | null {
  const minutes = valuesOf(calendar.minute);
  const times = valuesOf(calendar.hour).flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * 60));
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) return null;
  const withinDay = times.reduce((most, time, at) => (at === 0 ? 0 : Math.max(most, time - times[at - 1]!)), 0);
  let longest: number | null = null;
  let before: number | null = null;
  for (let day = 0; day < SPAN.days; day += 1) {
    if (!matchesDay(calendar, new Date(SPAN.from + day * DAY_SECONDS * 1_000))) continue;
    if (before !== null) longest = Math.max(longest ?? 0, (day - before) * DAY_SECONDS + first - last);
    before = day;
  }
  return longest === null ? null : Math.max(longest, withinDay);
}
