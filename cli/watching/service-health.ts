import type { Objectives } from '../../domain/objective.ts';
import type { Service } from '../../domain/service.ts';
import type { WatchSample } from '../../domain/watch-sample.ts';

export interface VantageHealth {
  readonly id: string;
  readonly place: string;
  readonly sees: 'up' | 'down' | 'silent';
  /** Bookings in a row, up to the newest, that were not acknowledged. */
  readonly misses: number;
  readonly lastGoodAt: string | null;
  readonly lastSampleAt: string | null;
  readonly lastError: string | null;
}

export interface ServiceHealth {
  readonly service: string;
  readonly state: 'serving' | 'down' | 'disputed' | 'silent';
  /** Start of the last acknowledged booking before the misses. */
  readonly downSince: string | null;
  readonly lastGoodAt: string | null;
  readonly servingRegion: string | null;
  /** Where the service would move to. */
  readonly otherRegion: string;
  readonly vantages: readonly VantageHealth[];
  readonly objectives: Objectives;
}

/** Fewer misses in a row than this are noise. */
const MISSES_THAT_COUNT = 3;
const QUIET_INTERVALS = 5;
const LEAST_QUIET_MS = 3_000;

/** How a service fares, from what its vantages wrote last. Samples are ordered by request start: late timeouts lie otherwise. */
export function serviceHealth(
  service: Service,
  samples: ReadonlyMap<string, readonly WatchSample[]>,
  now: Date,
): ServiceHealth {
  const seen = service.watch.vantages.map((vantage) => {
    const ordered = [...(samples.get(vantage.id) ?? [])].sort((left, right) => left.at - right.at);
    return { health: vantageHealth(vantage, ordered, service, now), lastGood: lastGoodOf(ordered) };
  });
  const vantages = seen.map(({ health }) => health);
  const lastGood = seen
    .map((vantage) => vantage.lastGood)
    .filter((sample) => sample !== undefined)
    .sort((left, right) => right.at - left.at)[0];
  const state = stateOf(vantages);
  const lastGoodAt = lastGood ? new Date(lastGood.at).toISOString() : null;
  const servingRegion = lastGood?.servedBy ?? null;
  const { recovery } = service.regions;
  return {
    service: service.name,
    state,
    downSince: state === 'down' ? lastGoodAt : null,
    lastGoodAt,
    servingRegion,
    otherRegion: servingRegion === recovery ? service.regions.protected : recovery,
    vantages,
    objectives: service.objectives,
  };
}

const lastGoodOf = (ordered: readonly WatchSample[]): WatchSample | undefined =>
  ordered.findLast((sample) => sample.outcome === 'acknowledged');

function vantageHealth(
  vantage: { readonly id: string; readonly place: string },
  ordered: readonly WatchSample[],
  service: Service,
  now: Date,
): VantageHealth {
  const lastGood = ordered.findLastIndex((sample) => sample.outcome === 'acknowledged');
  const newest = ordered.reduce((latest, sample) => Math.max(latest, sample.doneAt), Number.NEGATIVE_INFINITY);
  const misses = ordered.length - 1 - lastGood;
  const quiet = Math.max(LEAST_QUIET_MS, service.watch.intervalMs * QUIET_INTERVALS + service.watch.timeoutMs);
  const silent = now.getTime() - newest > quiet;
  return {
    ...vantage,
    sees: silent ? 'silent' : misses >= MISSES_THAT_COUNT ? 'down' : 'up',
    misses,
    lastGoodAt: lastGood < 0 ? null : new Date(ordered[lastGood]!.at).toISOString(),
    lastSampleAt: Number.isFinite(newest) ? new Date(newest).toISOString() : null,
    lastError: misses > 0 ? (ordered.at(-1)?.error ?? ordered.at(-1)?.outcome.replace('_', ' ') ?? null) : null,
  };
}

function stateOf(vantages: readonly VantageHealth[]): ServiceHealth['state'] {
  const speaking = vantages.filter((vantage) => vantage.sees !== 'silent');
  if (speaking.length === 0) return 'silent';
  const down = speaking.filter((vantage) => vantage.sees === 'down').length;
  return down === 0 ? 'serving' : down === speaking.length ? 'down' : 'disputed';
}
