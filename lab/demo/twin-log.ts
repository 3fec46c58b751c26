import { readFileSync } from 'node:fs';
import type { LoggedCall } from '../aws/call-log.ts';

/** Everything the twin was asked, in order. */
export function readTwinLog(path: string): readonly LoggedCall[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LoggedCall);
}

/** Calls that change something, made while something ran. */
export const mutatingBetween = (calls: readonly LoggedCall[], from: number, to: number): readonly LoggedCall[] =>
  calls.filter((call) => call.mutating && Date.parse(call.at) >= from && Date.parse(call.at) <= to);
