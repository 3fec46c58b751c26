import { LifeboatError } from '../../domain/errors.ts';
import { aboutExecution } from '../about-execution.ts';
import type { Session } from '../session.ts';
import { followExecution } from '../watching/follow-execution.ts';

export interface WatchOptions {
  readonly timeout?: string;
}

/** Follows an execution to its end. */
export async function watch(session: Session, executionId: string, options: WatchOptions): Promise<number> {
  aboutExecution(session, executionId);
  const timeoutSeconds = options.timeout === undefined ? undefined : secondsOf(options.timeout);
  const client = await session.client();
  return followExecution(session, client, executionId, timeoutSeconds === undefined ? {} : { timeoutSeconds });
}

/** `90`, `90s`, `10m`, `2h`. */
function secondsOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text);
  if (found) return Number(found[1]) * { s: 1, m: 60, h: 3_600 }[(found[2] ?? 's') as 's' | 'm' | 'h'];
  throw new LifeboatError('DR_USAGE', `--timeout '${text}' is not a length of time`, {
    field: '--timeout',
    expected: 'a number with s, m or h, like 90s or 10m',
    actual: text,
  });
}
