import { existsSync, readFileSync } from 'node:fs';
import type { LoggedCall } from '../../lab/aws/call-log.ts';

/** What a call log holds, oldest first; nothing when nobody called. A line still being written does not count yet. */
export const loggedCalls = (path: string): readonly LoggedCall[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LoggedCall)
    : [];
