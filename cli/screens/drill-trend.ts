import type { ScheduledExecution, ScheduleView } from '../../client/lifeboat-schedules.ts';
import { measuredSeconds, pointOf } from '../../client/schedule-trend.ts';
import { duration, instant, target } from '../terminal/duration.ts';
import { type Cell, labelled, screen, table } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { trendCell } from './drill-words.ts';
import { outcomeWord } from './execution-words.ts';

const BAR = 30;

/** Each execution as a bar against the target, oldest first, then where that leads. */
export function renderDrillTrend(views: readonly ScheduleView[], now: Date, style: Style): string {
  const next: Offer[] = [{ words: ['drill', 'ls'] }];
  if (views.length === 0) {
    return screen(
      [...labelled('trend', 'no drill has measured anything yet', style), ...offers('next', next, style)],
      style,
    );
  }
  const lines = views.flatMap((view) => [...trend(view, now, style), '']);
  return screen([...lines, ...offers('next', next, style)], style);
}

function trend(view: ScheduleView, now: Date, style: Style): string[] {
  const { schedule, service, targetSeconds, executions } = view;
  const objective = targetSeconds === null ? 'no objective' : `objective ${target(targetSeconds)}`;
  const title = `${style.paint.strong(`${schedule.id} ${service}`)}  ${objective}`;
  const told = executions.filter((execution) => execution.endedAt !== null).reverse();
  if (told.length === 0) return [title, '  no execution has ended yet'];
  const most = Math.max(targetSeconds ?? 0, ...told.map((execution) => pointOf(execution)?.seconds ?? 0));
  const rows = told.map((execution) => [
    { text: execution.executionId },
    { text: instant(execution.startedAt, now).replace(/:\d\dZ$/, 'Z') },
    bar(execution, { most, targetSeconds }, style),
    figure(execution),
    verdict(execution, targetSeconds, style),
  ]);
  const columns = [{}, {}, {}, { align: 'right' as const }, { flexible: true }];
  const where = trendCell(view, style.paint);
  return [title, ...table(columns, rows, style, 2), ...(where ? labelled('  trend', where, style) : [])];
}

/** The figure stands beside it, so only how it counts. */
function verdict(execution: ScheduledExecution, targetSeconds: number | null, { paint }: Style): Cell {
  const { outcome, error } = execution;
  const seconds = measuredSeconds(execution);
  if (outcome !== 'succeeded') {
    const because = error === null ? '' : `: ${plain(error)}`;
    return { text: `✗ ${outcome === null ? 'unknown' : outcomeWord(outcome)}${because}`, paint: paint.bad };
  }
  if (seconds === null || targetSeconds === null) return { text: '✓ passed', paint: paint.good };
  return seconds > targetSeconds ? { text: '✗ too slow', paint: paint.bad } : { text: '✓ in time', paint: paint.good };
}

function figure(execution: ScheduledExecution): Cell {
  const point = pointOf(execution);
  if (!point) return { text: '–' };
  return { text: `${point.kind === 'at_least' ? '≥ ' : ''}${duration(point.seconds)}` };
}

/** `█████░░░░░│  `: what it took, and where the target lies. A lower bound has an open end. */
function bar(
  execution: ScheduledExecution,
  { most, targetSeconds }: { readonly most: number; readonly targetSeconds: number | null },
  { paint }: Style,
): Cell {
  const point = pointOf(execution);
  if (!point || most === 0) return { text: '' };
  const cells = (seconds: number): number => Math.round((seconds / most) * BAR);
  const filled = Math.max(1, cells(point.seconds));
  const body = point.kind === 'measured' ? '█'.repeat(filled) : `${'▒'.repeat(filled)}`;
  const mark = targetSeconds === null ? null : Math.min(BAR, cells(targetSeconds));
  const line = body.padEnd(BAR, ' ').split('');
  if (mark !== null && mark >= filled && mark <= BAR) line[Math.min(BAR - 1, mark)] = '│';
  const over = targetSeconds !== null && point.seconds > targetSeconds;
  return { text: line.join('').trimEnd(), paint: over ? paint.bad : paint.good };
}
