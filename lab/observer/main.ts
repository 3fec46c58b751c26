/**
 * The stranger who watches: books through the public name at a fixed rate and writes down what came of it. A process of
 * its own that shares no code with the product. Its only argument is `ObserverSettings` as JSON.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { attempt, resolveAfresh } from './attempt.ts';
import type { ObservedAttempt } from './observed-attempt.ts';
import type { ObserverSettings } from './settings.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as ObserverSettings;
const { kind, log, intervalMs } = settings;

let first: string | null = null;
async function addressOf(signal: AbortSignal): Promise<string> {
  if (kind === 'inside' && first !== null) return first;
  const address = await resolveAfresh(settings, signal);
  first ??= address;
  return kind === 'inside' ? first : address;
}

/** A second run goes on counting: a number used twice would be acknowledged as the booking it already is. */
function lastSequence(): number {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
  return lines.reduce((last, line) => Math.max(last, (JSON.parse(line) as ObservedAttempt).seq), 0);
}

let seq = lastSequence();
const begun = performance.now();
let ticks = 0;

/** Ticks stand on a fixed grid; those missed while the machine was busy are left out, not made up for in a burst. */
function tick(): void {
  seq += 1;
  void attempt(settings, seq, addressOf).then((line) => appendFileSync(log, `${JSON.stringify(line)}\n`));
  ticks = Math.max(ticks + 1, Math.ceil((performance.now() - begun) / intervalMs));
  setTimeout(tick, begun + ticks * intervalMs - performance.now());
}
tick();

const parent = process.ppid;
process.once('disconnect', () => process.exit(0));
setInterval(() => process.ppid !== parent && process.exit(0), 500);
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));
