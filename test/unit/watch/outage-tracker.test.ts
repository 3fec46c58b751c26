import { describe, expect, it } from 'vitest';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { findOutages } from '../../../measure/outage.ts';
import { type Before, type OutageRecord, OutageTracker } from '../../../watch/outage-tracker.ts';
import { HELD, slot, stream } from '../measure/sample-stream.ts';
import { seededRandom } from '../measure/seeded-random.ts';

/** Feeds samples as they would come in: begun in order of start, ended in order of end. */
function track(
  samples: readonly WatchSample[],
  before: Before = { lastSuccessAt: null, outage: null },
): OutageRecord[] {
  const records: OutageRecord[] = [];
  const tracker = new OutageTracker(before, (outage) => records.push(outage));
  const events = samples.flatMap((sample) => [
    { at: sample.at, happen: () => tracker.began(sample.number) },
    { at: sample.doneAt, happen: () => tracker.ended(sample) },
  ]);
  for (const { happen } of events.sort((one, other) => one.at - other.at)) happen();
  return records;
}

describe('outages as they are found', () => {
  it('begin with the third miss in a row and end with the first success that held', () => {
    expect(track(stream(`+++--+???-+-${HELD}+`))).toEqual([
      { from: slot(5), to: null, misses: 3 },
      { from: slot(5), to: slot(12), misses: 5 },
    ]);
  });

  it('that was on before goes on with its own beginning', () => {
    const before = { lastSuccessAt: 0, outage: { from: slot(0), to: null, misses: 7 } };
    expect(track(stream(`-${HELD}+`), before)).toEqual([{ from: slot(0), to: slot(1), misses: 8 }]);
  });

  it('begins at the last success known from before', () => {
    expect(track(stream('---'), { lastSuccessAt: Date.parse(slot(0)) - 500, outage: null })).toEqual([
      { from: slot(0, -500), to: null, misses: 3 },
    ]);
  });

  it.each([...Array(40).keys()])('are those that measuring finds afterwards (seed %i)', (seed) => {
    const random = seededRandom(1_000 + seed);
    let text = '+';
    while (text.length < 400) {
      const roll = random();
      const kind = roll < 0.5 ? '+' : roll < 0.7 ? '-' : roll < 0.95 ? '?' : '.';
      text += kind.repeat(1 + Math.floor(random() ** 3 * (kind === '+' ? 90 : 25)));
    }
    const samples = stream(text);
    const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    const expected = findOutages(samples).flatMap(({ disruptedAt, servingAt, misses }) => {
      const from = instant(disruptedAt);
      const began = { from, to: null, misses: 3 };
      return servingAt === null ? [began] : [began, { from, to: instant(servingAt), misses }];
    });
    expect(track(samples)).toEqual(expected);
  });
});
