import { LifeboatError } from '../domain/errors.ts';
import type { WatchSample } from '../domain/watch-sample.ts';

/** Failures in a row that make an outage: one or two are noise. */
const MISSES_NEEDED = 3;
/** How long every request must succeed before the first success counts as serving. */
const HOLD_MS = 3_000;

export interface OutageOptions {
  readonly missesNeeded?: number;
  readonly holdMs?: number;
}

/** One outage as a client saw it. Instants are Unix milliseconds, requests are ordered by their start. */
export interface Outage {
  /** Start of the last success before the failures; `null` when no success was seen before them. */
  readonly disruptedAt: number | null;
  readonly firstMissAt: number;
  /** When the third failure in a row was known to be one. */
  readonly detectedAt: number;
  /** Start of the first success after which every request started within the hold succeeded; `null`: not yet. */
  readonly servingAt: number | null;
  /** Failed requests, from the first miss to serving. */
  readonly misses: number;
  /** Gap between the samples that bracket the disruption, and between those that bracket serving. */
  readonly disruptionGapMs: number | null;
  readonly servingGapMs: number | null;
}

const succeeded = (sample: WatchSample): boolean => sample.outcome === 'acknowledged';

/** Samples of one vantage by request start: by answer, late time-outs would hide an outage. */
export function inOrderOfStart(samples: readonly WatchSample[]): readonly WatchSample[] {
  const vantages = new Set(samples.map(({ vantage }) => vantage));
  if (vantages.size > 1) {
    throw new LifeboatError(
      'DR_INPUT_INVALID',
      `samples of ${vantages.size} vantages cannot be measured as one stream`,
      {
        field: 'samples',
        actual: [...vantages],
        expected: 'samples of one vantage',
      },
    );
  }
  return [...samples].sort((one, other) => one.at - other.at || one.number - other.number);
}

/** Every outage in the samples of one vantage, oldest first. */
export function findOutages(samples: readonly WatchSample[], options: OutageOptions = {}): readonly Outage[] {
  const missesNeeded = options.missesNeeded ?? MISSES_NEEDED;
  const holdMs = options.holdMs ?? HOLD_MS;
  const ordered = inOrderOfStart(samples);
  const outages: Outage[] = [];
  let index = 0;
  while (index < ordered.length) {
    const first = startOfOutage(ordered, index, missesNeeded);
    if (first === null) break;
    const serving = startOfServing(ordered, first + missesNeeded, holdMs);
    outages.push(outageBetween(ordered, first, serving, missesNeeded));
    index = serving ?? ordered.length;
  }
  return outages;
}

/** Index of the first of so many failures in a row. */
function startOfOutage(ordered: readonly WatchSample[], from: number, missesNeeded: number): number | null {
  let run = 0;
  for (let index = from; index < ordered.length; index++) {
    run = succeeded(ordered[index]!) ? 0 : run + 1;
    if (run === missesNeeded) return index - missesNeeded + 1;
  }
  return null;
}

/** Index of the first success that holds. A lucky one does not: the search goes on after the failure that follows it. */
function startOfServing(ordered: readonly WatchSample[], from: number, holdMs: number): number | null {
  let candidate = from;
  while (candidate < ordered.length) {
    if (!succeeded(ordered[candidate]!)) {
      candidate += 1;
      continue;
    }
    const held = holds(ordered, candidate, holdMs);
    if (held.verdict === 'held') return candidate;
    if (held.verdict === 'not_yet') return null;
    candidate = held.resumeAt;
  }
  return null;
}

type Hold =
  | { readonly verdict: 'held' }
  | { readonly verdict: 'not_yet' }
  | { readonly verdict: 'broken'; readonly resumeAt: number };

/**
 * Holding needs samples through the whole hold: numbers without a gap (a missing one is still in flight, or was lost with
 * a killed watch, and may have failed) and no silence as long as the hold itself.
 */
function holds(ordered: readonly WatchSample[], candidate: number, holdMs: number): Hold {
  const until = ordered[candidate]!.at + holdMs;
  for (let index = candidate + 1; index < ordered.length; index++) {
    const sample = ordered[index]!;
    const before = ordered[index - 1]!;
    if (sample.number !== before.number + 1 || sample.at - before.at > holdMs)
      return { verdict: 'broken', resumeAt: index };
    // What starts after the hold shows that the hold is over, however it ended itself.
    if (sample.at > until) return { verdict: 'held' };
    if (!succeeded(sample)) return { verdict: 'broken', resumeAt: index + 1 };
  }
  return { verdict: 'not_yet' };
}

function outageBetween(
  ordered: readonly WatchSample[],
  first: number,
  serving: number | null,
  missesNeeded: number,
): Outage {
  const before = ordered[first - 1];
  const firstMiss = ordered[first]!;
  const served = serving === null ? null : ordered[serving]!;
  const within = ordered.slice(first, serving ?? ordered.length);
  return {
    disruptedAt: before?.at ?? null,
    firstMissAt: firstMiss.at,
    detectedAt: Math.max(...within.slice(0, missesNeeded).map(({ doneAt }) => doneAt)),
    servingAt: served?.at ?? null,
    misses: within.filter((sample) => !succeeded(sample)).length,
    disruptionGapMs: before ? firstMiss.at - before.at : null,
    servingGapMs: served && serving !== null ? served.at - ordered[serving - 1]!.at : null,
  };
}
