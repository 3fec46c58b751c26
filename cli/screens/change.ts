import { duration, instant } from '../terminal/duration.ts';
import type { Style } from '../terminal/style.ts';
import { padEnd } from '../terminal/text-width.ts';
import type { Change } from '../watching/changes.ts';
import { painterOf } from './step-line.ts';

/** One line per change, for logs and pipes: never wrapped, so that a line is a change. */
export function renderChange(change: Change, now: Date, style: Style): string {
  const seconds = change.seconds === null ? '' : duration(change.seconds);
  const symbol = painterOf(change.symbol, style.paint)(change.symbol);
  return `${instant(change.at, now)} ${symbol} ${padEnd(change.id, 22)} ${padEnd(seconds, 9)} ${change.says}`.trimEnd();
}
