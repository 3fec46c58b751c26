import type { ExecutionView, LifeboatClient } from '../../client/lifeboat-client.ts';
import { type ErrorShape, shapeOf } from '../../domain/errors.ts';

const POLL_MS = 500;
/** While nobody answers: longer, and never in step with other watchers. */
const RETRY_MS = { least: 500, most: 3_000 } as const;
/** A server that is away for longer than this has other people looking for it. */
const GIVE_UP_MS = 15 * 60_000;

/** What a watcher learns: a new state, or that none could be read. */
export type PollEvent =
  | { readonly kind: 'view'; readonly view: ExecutionView; readonly at: Date }
  | { readonly kind: 'unreachable'; readonly error: ErrorShape; readonly at: Date };

/**
 * States of an execution, twice a second, until it has ended. The first reading must succeed; later ones are tried again.
 * @throws the first reading's error, and what no retry mends, such as DR_EXECUTION_UNKNOWN
 */
export async function* pollExecution(
  client: Pick<LifeboatClient, 'view'>,
  executionId: string,
  signal: AbortSignal,
  now: () => Date,
): AsyncGenerator<PollEvent> {
  let lastRead: number | null = null;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const view = await untilAborted(client.view(executionId), signal);
      if (view === null) return;
      failures = 0;
      lastRead = now().getTime();
      yield { kind: 'view', view, at: now() };
      if (hasEnded(view)) return;
    } catch (caught) {
      const error = shapeOf(caught);
      if (lastRead === null || !isPassing(error) || now().getTime() - lastRead > GIVE_UP_MS) throw caught;
      failures += 1;
      yield { kind: 'unreachable', error, at: now() };
    }
    await pause(failures === 0 ? POLL_MS : retryDelay(failures), signal);
  }
}

export const hasEnded = (view: ExecutionView): boolean =>
  view.snapshot.state === 'ended' || view.snapshot.outcome === 'interrupted';

/** An unknown execution or a wrong configuration stays so; everything else may pass. */
const isPassing = (error: ErrorShape): boolean => error.retryable || error.code === 'DR_INTERNAL';

const retryDelay = (failures: number): number =>
  Math.random() * Math.min(RETRY_MS.most, RETRY_MS.least * 2 ** failures) + RETRY_MS.least / 2;

/** `null` when the signal came first. The listener goes with the wait: a watch makes thousands of them. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  promise.catch(() => undefined);
  if (signal.aborted) return null;
  let release = (): void => undefined;
  const aborted = new Promise<null>((resolve) => {
    release = () => resolve(null);
    signal.addEventListener('abort', release, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', release);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
