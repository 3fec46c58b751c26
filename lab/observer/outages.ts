import type { ObservedAttempt } from './observed-attempt.ts';

/** Fewer failures in a row are a hiccup. */
const FAILURES_IN_A_ROW = 3;
/** Every request that begins this long after the first good one must succeed too: one lucky answer is not service. */
const STEADY_MS = 3_000;

export interface Outage {
  /** Start of the last success before the failures: from then on nobody knows that the service answered. */
  readonly disruptedAt: number;
  /** Start of the first success that was followed by nothing else; `null` when that was never seen. */
  readonly servingAt: number | null;
  /** `servingAt`, or the start of the last attempt there is. */
  readonly endsAt: number;
}

/** Every outage, oldest first. Pure. @param attempts ordered by request start: by answer, late ones would hide it. */
export function outagesOf(attempts: readonly ObservedAttempt[]): readonly Outage[] {
  const outages: Outage[] = [];
  let lastGood: number | null = null;
  let failures = 0;
  for (let index = 0; index < attempts.length; index += 1) {
    const { ok, at } = attempts[index]!;
    failures = ok ? 0 : failures + 1;
    if (ok) lastGood = at;
    // Failures before the first success are a service that had not begun, not one that was disrupted.
    if (failures < FAILURES_IN_A_ROW || lastGood === null) continue;
    const again = servesFrom(attempts, index + 1);
    const servingAt = again === null ? null : attempts[again]!.at;
    outages.push({ disruptedAt: lastGood, servingAt, endsAt: servingAt ?? attempts.at(-1)!.at });
    if (again === null) break;
    failures = 0;
    lastGood = servingAt;
    index = again;
  }
  return outages;
}

/** Index of the first success at or after `from` that held; it must have been watched for the whole time it had to hold. */
function servesFrom(attempts: readonly ObservedAttempt[], from: number): number | null {
  const watchedUntil = attempts.at(-1)?.at ?? 0;
  for (let index = from; index < attempts.length; index += 1) {
    const { ok, at } = attempts[index]!;
    if (!ok) continue;
    if (at + STEADY_MS > watchedUntil) return null;
    const within = attempts.slice(index).filter((each) => each.at <= at + STEADY_MS);
    if (within.every((each) => each.ok)) return index;
  }
  return null;
}
