import { join } from 'node:path';
import type { Configuration, Service } from '../../domain/service.ts';
import type { WatchSample } from '../../domain/watch-sample.ts';
import { readSamples } from '../../watch/sample-journal.ts';

/** How far back to look, one after the other: the last minute tells how a service fares, unless it is down for longer. */
const WINDOWS_MS = [60_000, 15 * 60_000, 4 * 3_600_000, 4 * 86_400_000];

/** The newest samples of every vantage of a service, back to its last acknowledged booking where it is down. */
export async function readSampleTails(
  configuration: Configuration,
  service: Service,
  now: Date,
): Promise<ReadonlyMap<string, readonly WatchSample[]>> {
  const folder = join(configuration.control.watch, service.name);
  let tails: ReadonlyMap<string, readonly WatchSample[]> = new Map();
  for (const windowMs of WINDOWS_MS) {
    const samples = await readSamples(folder, now.getTime() - windowMs);
    tails = new Map(service.watch.vantages.map(({ id }) => [id, samples.filter(({ vantage }) => vantage === id)]));
    if (tellsEnough(tails)) break;
  }
  return tails;
}

/** Somebody wrote, and whoever did has seen a booking succeed. A vantage that is silent by now is just that. */
function tellsEnough(tails: ReadonlyMap<string, readonly WatchSample[]>): boolean {
  const speaking = [...tails.values()].filter((samples) => samples.length > 0);
  return speaking.length > 0 && speaking.every((samples) => samples.some(({ outcome }) => outcome === 'acknowledged'));
}
