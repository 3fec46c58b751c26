import { setTimeout as delay } from 'node:timers/promises';

export type Heard<Value> =
  | { readonly answered: true; readonly value: Value }
  | { readonly answered: false; readonly because: string };

/** Whether something answers within its time, as a fact instead of an exception. */
export async function heard<Value>(what: string, timeoutMs: number, work: Promise<Value>): Promise<Heard<Value>> {
  const timer = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: timer.signal }).then(
    () => ({ answered: false, because: `${what}: no answer in ${timeoutMs / 1_000} s` }) as const,
    () => ({ answered: false, because: `${what}: not waited for` }) as const,
  );
  const answer = work.then(
    (value) => ({ answered: true, value }) as const,
    (caught: unknown) =>
      ({ answered: false, because: `${what}: ${caught instanceof Error ? caught.message : String(caught)}` }) as const,
  );
  const first = await Promise.race([answer, late]);
  timer.abort();
  return first;
}
