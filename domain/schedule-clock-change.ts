import { matchesWall, type ScheduleCalendar, valuesOf } from './schedule-calendar.ts';

/** A wall-clock minute that a change of the clocks skips or repeats. */
export interface ClockChange {
  /** `2027-03-28 02:30` */
  readonly wall: string;
  readonly happens: 'never' | 'twice';
}

const MINUTE_MS = 60_000;
/** No zone changes its clocks twice within two weeks. */
const STEP_MS = 14 * 24 * 60 * MINUTE_MS;
const YEARS = 10;
const HOURS = 24;

/**
 * The first time within ten years that the schedule would not run, or run twice, because the clocks change; `null` when
 * there is none. A schedule that runs in every hour of the day is not judged: it goes on in the next one.
 */
export function clockChangeHit(calendar: ScheduleCalendar, zone: string, fromYear: number): ClockChange | null {
  if (valuesOf(calendar.hour).length === HOURS) return null;
  const clock = wallClock(zone);
  for (const change of changesOf(zone, fromYear)) {
    const hit = hitAt(calendar, clock, change);
    if (hit) return hit;
  }
  return null;
}

const known = new Map<string, readonly number[]>();

/** When a zone changes its clocks. Asking the zone's rules is slow, and the schedules of a service share one zone. */
function changesOf(zone: string, fromYear: number): readonly number[] {
  const key = `${zone} ${fromYear}`;
  const before = known.get(key);
  if (before) return before;
  const clock = wallClock(zone);
  const changes: number[] = [];
  const end = Date.UTC(fromYear + YEARS, 0, 1);
  let from = Date.UTC(fromYear, 0, 1);
  let offset = offsetAt(clock, from);
  for (let to = from + STEP_MS; from < end; to += STEP_MS) {
    const next = offsetAt(clock, to);
    if (next !== offset) changes.push(changeBetween(clock, from, to));
    [from, offset] = [to, next];
  }
  known.set(key, changes);
  return changes;
}

/** The minutes between the clock before the change and after it: skipped if it goes forward, repeated if back. */
function hitAt(calendar: ScheduleCalendar, clock: Intl.DateTimeFormat, change: number): ClockChange | null {
  const walls = [change + offsetAt(clock, change - MINUTE_MS), change + offsetAt(clock, change)] as const;
  const forward = walls[1] > walls[0];
  for (let wall = Math.min(...walls); wall < Math.max(...walls); wall += MINUTE_MS) {
    if (!matchesWall(calendar, wall)) continue;
    return { wall: new Date(wall).toISOString().slice(0, 16).replace('T', ' '), happens: forward ? 'never' : 'twice' };
  }
  return null;
}

/** First minute of the new offset. */
function changeBetween(clock: Intl.DateTimeFormat, from: number, to: number): number {
  const old = offsetAt(clock, from);
  let [before, after] = [from, to];
  while (after - before > MINUTE_MS) {
    const middle = Math.floor((before + after) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(clock, middle) === old) before = middle;
    else after = middle;
  }
  return after;
}

const wallClock = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });

/** Milliseconds by which the zone's clock is ahead of UTC. */
function offsetAt(clock: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - at;
}
