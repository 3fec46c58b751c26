/**
 * How long to wait before looking again: 2 % of the time waited already, at least 100 ms in the first 5 s and 250 ms
 * later, at most 30 s. What is awaited costs at most 2 % more than it takes, and a provider's call budget is kept.
 */
export function pollingDelayMs(waitedMs: number): number {
  const least = waitedMs < 5_000 ? 100 : 250;
  return Math.min(30_000, Math.max(least, waitedMs * 0.02));
}
