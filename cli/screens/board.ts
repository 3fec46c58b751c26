import type { ExecutionView } from '../../client/lifeboat-client.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { Configuration } from '../../domain/service.ts';
import { clock, duration, instant, secondsBetween } from '../terminal/duration.ts';
import { dotted, headline, labelled, screen, table, unglued } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { truncate, visibleWidth, wrap } from '../terminal/text-width.ts';
import { attention } from './attention.ts';
import { clockAt, peopleSeconds } from './execution-times.ts';
import { askerText, modePaint, modeWord, stateWord, subjectText } from './execution-words.ts';
import { predictRemaining } from './prediction.ts';
import { lineCells, linesOf, type NodeLine } from './step-line.ts';
import { stopwatchOf } from './stopwatch.ts';

export interface BoardExtras {
  readonly configuration?: Configuration;
  /** When the shown state was read; older than a few seconds is said. */
  readonly readAt: Date;
  /** Why it could not be read again since. */
  readonly unreachable?: string | null;
  /** Somebody watches it being redrawn, so Ctrl-C means something. */
  readonly redrawn?: boolean;
}

/** The live board. Header, current step and what people must do are shown whatever the height of the terminal. */
export function renderBoard(view: ExecutionView, now: Date, style: Style, extras: BoardExtras): string {
  const { snapshot } = view;
  const head = [...header(snapshot, now, style, extras), ...age(view, now, style, extras)];
  const foot = attention(view, now, style, extras.redrawn ?? false);
  if (style.height === undefined) return screen([...head, '', ...nodes(view, now, style), '', ...foot], style);
  const bannerRows = style.banner ? wrap(style.banner, style.width).length : 0;
  // One row stays free, or the terminal scrolls; two are the blank ones.
  const room = Math.max(LEAST_ROWS * 2, style.height - 1 - bannerRows - head.length - 2);
  const shortFoot = shortened(foot, room - LEAST_ROWS);
  return screen([...head, '', ...nodes(view, now, style, room - shortFoot.length), '', ...shortFoot], style);
}

/** Rows that the current step keeps on the smallest terminal. */
const LEAST_ROWS = 3;

/** Beginning and end, where what it waits for and the commands stand. */
function shortened(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const head = Math.ceil(most / 2);
  return [...lines.slice(0, head), ...lines.slice(lines.length - (most - head))];
}

function header(snapshot: ExecutionSnapshot, now: Date, style: Style, { configuration }: BoardExtras): string[] {
  const { request } = snapshot;
  const { paint } = style;
  const word = modeWord(request.mode);
  const left = `${word}  ${subjectText(request, configuration)}   ${request.executionId}`;
  const by = `${request.purpose} · started by ${askerText(request.requestedBy)} ${instant(snapshot.startedAt, now)}`;
  const lines = headline(
    { text: left, paint: (text) => text.replace(word, modePaint(request.mode, paint)(word)) },
    { text: by, paint: paint.quiet },
    style,
  );
  const indent = ' '.repeat(word.length + 2);
  const narrower = { ...style, width: style.width - indent.length };
  return [...lines, ...budget(snapshot, now, narrower).map((line) => indent + line)];
}

/** How much of the objective is used up, as a clock and as a bar, and who uses it. */
function budget(snapshot: ExecutionSnapshot, now: Date, style: Style): string[] {
  const watch = stopwatchOf(snapshot, now);
  const end = watch?.stoppedAt ? new Date(watch.stoppedAt) : clockAt(snapshot, now);
  const people = peopleSeconds(snapshot, now);
  const elapsed = secondsBetween(snapshot.startedAt, end);
  const shared = snapshot.plan?.nodes.some((node) => node.kind === 'gate') ?? false;
  const parts = [
    ...(shared ? [`people ${clock(people)}`, `machine ${clock(elapsed - people)}`] : []),
    ...predicted(snapshot, now),
  ];
  const shares = parts.length === 0 ? [] : wrap(dotted(parts), style.width).map(unglued);
  if (watch === null) return [`${stateWord(snapshot)} · ${clock(elapsed)}`, ...shares];
  const { label, seconds, limit } = watch;
  const said = `${label} ${clock(seconds)}`;
  const left = limit.seconds - seconds;
  const rest =
    left >= 0
      ? `${limit.name} ${clock(limit.seconds)}, ${clock(left)} left`
      : `${limit.name} ${clock(limit.seconds)} EXCEEDED by ${clock(-left)}`;
  const room = style.width - visibleWidth(said) - visibleWidth(rest) - AROUND_BAR;
  const width = Math.max(3, Math.min(30, Math.max(room - 7, Math.min(10, room))));
  const paint = left < 0 ? style.paint.bad : seconds > limit.seconds / 2 ? style.paint.warn : style.paint.good;
  return [`${said} ${paint(bar(seconds / limit.seconds, width))}  ${rest}`, ...shares];
}

/** The bar's own ends, and the spaces before and after it. */
const AROUND_BAR = 5;

function bar(share: number, width: number): string {
  const full = Math.min(width, Math.max(0, Math.round(share * width)));
  return `▕${'█'.repeat(full)}${'░'.repeat(width - full)}▏`;
}

function predicted(snapshot: ExecutionSnapshot, now: Date): readonly string[] {
  const { plan } = snapshot;
  if (plan === null || snapshot.endedAt !== null || snapshot.request.mode === 'dry_run') return [];
  if (stopwatchOf(snapshot, now)?.stoppedAt) return [];
  const path = predictRemaining(plan, snapshot, now);
  if (path.seconds < 1) return [];
  const roughly = path.unestimated.length > 0 ? 'at least' : path.conditional ? 'up to' : 'about';
  const waits = snapshot.gates.some((gate) => gate.state === 'open' || gate.state === 'not_reached');
  return [`${roughly} ${clock(path.seconds)} more${waits ? ' after approval' : ''}`];
}

/** What is shown may be old: nothing freezes silently. */
function age(view: ExecutionView, now: Date, style: Style, { readAt, unreachable }: BoardExtras): string[] {
  const seconds = (now.getTime() - readAt.getTime()) / 1_000;
  const lines: string[] = [];
  if (unreachable) {
    lines.push(
      ...labelled(
        '! stale',
        `cannot be read since ${duration(seconds)}: ${unreachable}. Shown is how it stood at ${instant(readAt.toISOString(), now)}; trying again. The execution does not depend on this screen.`,
        style,
      ),
    );
  } else if (seconds > 5) {
    lines.push(...labelled('! stale', `this state is ${duration(seconds)} old; no answer yet`, style));
  }
  if (!view.workerSeen && view.snapshot.endedAt === null) {
    lines.push(
      ...labelled(
        '! no worker',
        'no worker has asked for work lately: nothing goes on until one runs (lifeboat doctor)',
        style,
      ),
    );
  }
  return lines.map(style.paint.warn);
}

/** All lines where they fit; else what is over and what is to come shrink to one line each around the current ones. */
function nodes(view: ExecutionView, now: Date, style: Style, room?: number): string[] {
  const { snapshot } = view;
  if (snapshot.plan === null) return [`  ${style.paint.busy('▶')} compiling the plan`];
  const lines = linesOf(snapshot.plan, snapshot, view.progress, now);
  const whole = rowsOf(lines, style);
  if (room === undefined || whole.length <= room) return whole;
  return folded(lines, style, Math.max(LEAST_ROWS, room));
}

/** What goes on or failed is told in full; what is over or to come in one line. */
function rowsOf(lines: readonly NodeLine[], style: Style): string[] {
  const widest = Math.max(...lines.map((line) => visibleWidth(line.id)));
  const room = style.width - (widest + TEXT_COLUMN);
  const cells = lines.map((line) => {
    const whole = line.current || line.symbol === '✗';
    return lineCells(whole ? line : { ...line, text: truncate(line.text, room) }, style.paint);
  });
  return table([{}, {}, { align: 'right' }, { flexible: true }], cells, style, 1);
}

/** Columns beside the id and the text: indent, symbol, the longest time, gaps. */
const TEXT_COLUMN = 1 + 1 + 9 + 3 * 2;

function folded(lines: readonly NodeLine[], style: Style, room: number): string[] {
  const { quiet } = style.paint;
  const over = lines.filter((line) => !line.current && line.symbol !== '·');
  const current = lines.filter((line) => line.current);
  const coming = lines.filter((line) => line.symbol === '·');
  const shown = rowsOf(current.length > 0 ? current : over.slice(-1), style);
  const result = [...shown.slice(0, room)];
  if (result.length < room && over.length > 0)
    result.unshift(quiet(` ✓ ${over.length} over, last ${over.at(-1)?.id ?? ''}`));
  if (result.length < room && coming.length > 0)
    result.push(quiet(` · ${coming.length} to come, next ${coming[0]?.id ?? ''}`));
  return result;
}
