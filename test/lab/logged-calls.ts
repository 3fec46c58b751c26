import { existsSync, readFileSync } from 'node:fs';
import type { LoggedCall } from '../../lab/aws/call-log.ts';

/** What a call log holds, oldest first; nothing when nobody called. */
export const loggedCalls = (path: string): readonly LoggedCall[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as LoggedCall)
    : [];
