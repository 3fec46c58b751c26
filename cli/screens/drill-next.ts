import { secondsBetween } from '../terminal/duration.ts';
import { labelled, screen, table } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { coarse } from './drill-words.ts';

/** When one schedule fires. */
export interface DrillTimes {
  readonly service: string;
  readonly id: string;
  readonly every: string;
  readonly zone: string;
  /** ISO 8601, UTC, ascending. */
  readonly times: readonly string[];
}

/** Dates as Temporal will keep them: by the clock on the wall, in UTC, and how far off. */
export function renderDrillNext(all: readonly DrillTimes[], now: Date, style: Style): string {
  if (all.length === 0) return screen(labelled('drills', 'none is declared', style), style);
  const lines = all.flatMap(({ service, id, every, zone, times }) => {
    const wall = wallClock(zone);
    const rows = times.map((at) => [
      { text: wall(new Date(at)) },
      { text: at.replace(/\.\d+Z$/, 'Z') },
      { text: `in ${coarse(-secondsBetween(at, now))}`, paint: style.paint.quiet },
    ]);
    const title = `${style.paint.strong(`${id} ${service}`)}  ${plain(every)}`;
    const dates = rows.length === 0 ? ['  no date in that time'] : table([{}, {}, {}], rows, style, 2);
    return [title, ...dates, ''];
  });
  const next: Offer[] = [{ words: ['drill', 'ls'], says: 'how the last ones ended' }];
  return screen([...lines, ...offers('next', next, style)], style);
}

/** `Tue 2027-01-05 09:00 CET` */
function wallClock(zone: string): (at: Date) => string {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return (at) => {
    const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
    const date = `${part('year')}-${part('month')}-${part('day')}`;
    return `${part('weekday')} ${date} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
  };
}
