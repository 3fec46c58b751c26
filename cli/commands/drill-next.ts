import { LifeboatError } from '../../domain/errors.ts';
import { intervalSeconds, scheduleSpec } from '../../domain/schedule.ts';
import type { Configuration } from '../../domain/service.ts';
import { scheduleNamed } from '../schedule-named.ts';
import { type DrillTimes, renderDrillNext } from '../screens/drill-next.ts';
import type { Session } from '../session.ts';

export interface DrillNextOptions {
  readonly service?: string;
  readonly count?: string;
  readonly until?: string;
}

const USUAL_COUNT = 8;
const DAY_MS = 86_400_000;

/** When schedules fire next, as Temporal itself says. */
export async function drillNext(session: Session, id: string | undefined, options: DrillNextOptions): Promise<number> {
  const configuration = await session.configuration();
  const now = session.now();
  const until = options.until === undefined ? null : untilOf(options.until, now);
  const count = options.count === undefined ? (until === null ? USUAL_COUNT : null) : countOf(options.count);
  const names =
    id === undefined ? allOf(configuration, options.service) : [scheduleNamed(configuration, id, options.service)];
  const { schedules } = await session.client();
  const told = await Promise.all(
    names.map(async (name): Promise<DrillTimes> => {
      const { every } = configuration.services[name.service]!.schedules!.find((one) => one.id === name.id)!;
      const to = until ?? new Date(now.getTime() + (count ?? 1) * intervalSeconds(every) * 1_000 + DAY_MS);
      const times = await schedules.next(name, now, to);
      const { zone } = scheduleSpec(every);
      return { ...name, every, zone, times: count === null ? times : times.slice(0, count) };
    }),
  );
  if (session.report.json) {
    session.report.line('drill_times', { count: told.length });
    for (const one of told) session.report.line('drill_next', one);
  } else session.report.result('drill_times', {}, (style) => renderDrillNext(told, now, style));
  return 0;
}

function allOf(configuration: Configuration, service?: string) {
  return Object.values(configuration.services)
    .filter(({ name }) => service === undefined || name === service)
    .flatMap(({ name, schedules }) => (schedules ?? []).map((schedule) => ({ service: name, id: schedule.id })));
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw usage('--count', text, 'a number from 1 to 999');
}

/** A day, taken to its end in UTC, or an instant. */
function untilOf(text: string, now: Date): Date {
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = new Date(day ? `${text}T23:59:59.999Z` : text);
  if (Number.isNaN(at.getTime()) || !/^\d{4}-\d\d-\d\d(T|$)/.test(text)) {
    throw usage('--until', text, 'a day like 2027-06-30, or an instant like 2027-06-30T12:00:00Z');
  }
  if (at > now) return at;
  throw usage('--until', text, `later than now, ${now.toISOString()}`);
}

const usage = (field: string, actual: string, expected: string): LifeboatError =>
  new LifeboatError('DR_USAGE', `${field} '${actual}' is not understood`, { field, actual, expected });
