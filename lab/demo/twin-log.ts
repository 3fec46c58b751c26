import { readFileSync } from 'node:fs';
import type { LoggedCall } from '../aws/call-log.ts';

/** Everything the twin was asked, in order; a line that is being written is left out. */
export function readTwinLog(path: string): readonly LoggedCall[] {
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LoggedCall);
}

/** Calls that change something, made while something ran. */
export const mutatingBetween = (calls: readonly LoggedCall[], from: number, to: number): readonly LoggedCall[] =>
  calls.filter((call) => call.mutating && Date.parse(call.at) >= from && Date.parse(call.at) <= to);
