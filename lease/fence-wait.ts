import type { LeaseGrant, Writer } from './lease-store.ts';

/**
 * How long a fence must wait, counted from when it took the epoch, until no writer of the region it was taken from may
 * still believe it holds the one before. Pure. Milliseconds.
 *
 * The lease time is the old grant's: the new one's may have been configured shorter since. Writers must have been listed
 * after the epoch was taken: a writer counts on its grace only when it stood on the list before that.
 */
export function fenceWaitMs(
  taken: Pick<LeaseGrant, 'ttlMs' | 'previousTtlMs'>,
  fromRegion: string,
  writers: readonly Writer[],
  margins: { readonly pauseMarginMs: number; readonly driftMarginMs: number },
): number {
  const graces = writers.filter((writer) => writer.region === fromRegion).map((writer) => writer.graceMs ?? 0);
  const oldTtlMs = taken.previousTtlMs ?? taken.ttlMs;
  return oldTtlMs + Math.max(0, ...graces) + margins.pauseMarginMs + margins.driftMarginMs;
}
