import type { ScheduleView } from '../../client/lifeboat-schedules.ts';
import type { ScheduleDebt } from '../../client/schedule-debt.ts';
import type { ErrorShape } from '../../domain/errors.ts';
import { instant, secondsBetween } from '../terminal/duration.ts';
import { type Cell, labelled, screen, table } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { coarse, debtCell, debtReason, everyWords, exposureWords, resultCell, trendCell } from './drill-words.ts';

/** A declared schedule, and why one cannot rely on it. */
export interface DrillRow {
  readonly view: ScheduleView;
  readonly debts: readonly ScheduleDebt[];
  /** How old the data in the newest copy is; `null` where none is made or known. */
  readonly exposureSeconds: number | null;
}

export interface DrillListing {
  readonly rows: readonly DrillRow[];
  /** Why Temporal could not be asked. */
  readonly temporalUnknown: ErrorShape | null;
  readonly now: Date;
}

/** Below this the columns would break within words. */
const ROOMY = 110;

/** Every schedule with its last result, its next date and what it owes. */
export function renderDrillList(listing: DrillListing, style: Style): string {
  const { rows, temporalUnknown, now } = listing;
  if (rows.length === 0) {
    const says = 'none is declared: add `schedules` to the service in the configuration';
    return screen(labelled('drills', { text: says, paint: style.paint.warn }, style), style);
  }
  const severalServices = new Set(rows.map(({ view }) => view.service)).size > 1;
  const title = ({ service, schedule }: ScheduleView): string =>
    severalServices ? `${schedule.id} ${service}` : schedule.id;
  const listed = style.width >= ROOMY ? wide(rows, title, now, style) : narrow(rows, now, style);
  const more = [
    ...labelled(
      'because',
      rows.flatMap((row) => reasons(row, style)),
      style,
    ),
    ...rows.flatMap(({ view }) => trend(view, style)),
    ...(temporalUnknown ? silence(temporalUnknown, style) : []),
  ];
  return screen(
    [...listed, '', ...more, ...(more.length > 0 ? [''] : []), ...offers('next', nextOf(rows), style)],
    style,
  );
}

/** What a word in a column cannot say. */
function reasons({ view, debts }: DrillRow, { paint }: Style): Cell[] {
  const [last] = view.executions;
  const said = [
    ...(last?.error && last.outcome !== 'succeeded' ? [`${last.executionId} ended with ${plain(last.error)}`] : []),
    ...debts.flatMap((debt) => debtReason(debt) ?? []),
  ];
  return said.map((reason) => ({ text: `${view.schedule.id}: ${reason}`, paint: paint.warn }));
}

function trend(view: ScheduleView, style: Style): string[] {
  const cell = trendCell(view, style.paint);
  return cell ? labelled('trend', { ...cell, text: `${view.schedule.id}: ${cell.text}` }, style) : [];
}

function silence({ message }: ErrorShape, style: Style): string[] {
  const text = `${plain(message)}: next dates, pauses and what is missing are unknown`;
  return labelled('temporal', { text, paint: style.paint.warn }, style);
}

function wide(rows: readonly DrillRow[], title: (view: ScheduleView) => string, now: Date, style: Style): string[] {
  const { paint } = style;
  const columns = [
    { title: 'drill' },
    { title: 'every' },
    { title: 'last' },
    { title: 'result', flexible: true },
    { title: 'next' },
    { title: 'debt' },
  ];
  const cells = rows.flatMap((row) => {
    const { view } = row;
    const [first, ...others] = debtCells(row, style);
    return [
      [
        { text: title(view), paint: paint.strong },
        { text: everyWords(view.schedule) },
        lastCell(view, now),
        lastResult(view, style),
        nextCell(view, now, style),
        first ?? { text: '–' },
      ],
      ...others.map((debt) => [{ text: '' }, { text: '' }, { text: '' }, { text: '' }, { text: '' }, debt]),
    ];
  });
  return table(columns, cells, style);
}

function narrow(rows: readonly DrillRow[], now: Date, style: Style): string[] {
  return rows.flatMap((row, index) => {
    const { view } = row;
    const debts = debtCells(row, style);
    return [
      ...(index === 0 ? [] : ['']),
      style.paint.strong(`${view.schedule.id} ${view.service}`),
      ...labelled('every', plain(view.schedule.every), style),
      ...labelled(
        'last',
        [lastCell(view, now), ...(view.executions.length > 0 ? [lastResult(view, style)] : [])],
        style,
      ),
      ...labelled('next', nextCell(view, now, style), style),
      ...labelled('debt', debts.length > 0 ? debts : 'none', style),
    ];
  });
}

function lastCell({ executions }: ScheduleView, now: Date): Cell {
  const [last] = executions;
  return { text: last ? minute(last.startedAt, now) : 'never ran' };
}

function lastResult({ executions, targetSeconds }: ScheduleView, { paint }: Style): Cell {
  const [last] = executions;
  return last ? resultCell(last, targetSeconds, paint) : { text: '–' };
}

function nextCell({ temporal }: ScheduleView, now: Date, { paint }: Style): Cell {
  if (temporal === null) return { text: 'unknown', paint: paint.warn };
  if (temporal.nextAt === null) return { text: '–', paint: paint.warn };
  const text = minute(temporal.nextAt, now);
  return temporal.paused ? { text: `(${text})`, paint: paint.warn } : { text };
}

function debtCells({ view, debts, exposureSeconds }: DrillRow, style: Style): Cell[] {
  const cells = debts.map((debt) => debtCell(debt, style.paint));
  if (exposureSeconds === null || debts.some(({ kind }) => kind === 'exposed')) return cells;
  const text = `exposure ${exposureWords(exposureSeconds, view.objectives.exposureSeconds ?? null)}`;
  return [...cells, { text, paint: style.paint.quiet }];
}

/** An instant to the minute: nobody waits for a drill by the second. */
const minute = (at: string, now: Date): string => {
  const soon = Math.abs(secondsBetween(at, now)) < 3_600;
  const text = instant(at, now).replace(/:\d\dZ$/, 'Z');
  return soon && Date.parse(at) > now.getTime() ? `${text} (in ${coarse(-secondsBetween(at, now))})` : text;
};

/** What to do about the worst; with no debt, what comes next. */
export function nextOf(rows: readonly DrillRow[]): readonly Offer[] {
  const owes = (kind: ScheduleDebt['kind']) => rows.find(({ debts }) => debts.some((debt) => debt.kind === kind))?.view;
  const words = (command: string, view: ScheduleView) => [
    'drill',
    command,
    view.schedule.id,
    '--service',
    view.service,
  ];
  const missing = owes('missing') ?? owes('outdated');
  if (missing) return [{ words: ['doctor'], says: 'a worker puts schedules right within a minute; is there one?' }];
  const running = rows.flatMap(({ view }) => view.executions.slice(0, 1)).find(({ endedAt }) => endedAt === null);
  if (running) return [{ words: ['watch', running.executionId] }];
  const due =
    owes('overdue') ?? owes('exposed') ?? owes('never_passed') ?? owes('target_missed') ?? owes('runbook_changed');
  if (due) return [{ words: words('run', due), says: 'now, instead of waiting for its day' }];
  const paused = owes('paused');
  if (paused) return [{ words: words('resume', paused) }];
  return [{ words: ['drill', 'next'], says: 'when each runs' }];
}
