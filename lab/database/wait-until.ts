import { setTimeout as pause } from 'node:timers/promises';

interface WaitOptions {
  /** What is waited for, completing "… did not come about". */
  readonly what: string;
  readonly deadlineMs: number;
  readonly intervalMs?: number;
  /** Added to the error, for instance the last lines of a log. */
  readonly explain?: () => string;
}

/**
 * Asks again and again until the answer is true. What `condition` throws counts as "not yet" and is quoted when time is
 * up; to give up at once, throw `Hopeless`.
 */
export async function waitUntil(condition: () => Promise<boolean> | boolean, options: WaitOptions): Promise<void> {
  const deadline = performance.now() + options.deadlineMs;
  let last: unknown = null;
  for (;;) {
    try {
      if (await condition()) return;
      last = null;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    if (performance.now() > deadline) {
      const because = last === null ? '' : ` (last: ${String(last)})`;
      throw new Error(
        `${options.what} did not come about within ${options.deadlineMs} ms${because}${options.explain?.() ?? ''}`,
        last === null ? {} : { cause: last },
      );
    }
    await pause(options.intervalMs ?? 20);
  }
}

/** The condition can never come about. */
export class Hopeless extends Error {}
