import { readFileSync } from 'node:fs';
import type { ObservedAttempt } from './observed-attempt.ts';

/** Every whole line of an observer's log; a last line cut short by a killed process is left out. */
export function readAttempts(path: string): readonly ObservedAttempt[] {
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ObservedAttempt);
}
