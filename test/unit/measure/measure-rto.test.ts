import { describe, expect, it } from 'vitest';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { measureRto } from '../../../measure/measure-rto.ts';
import { findOutages } from '../../../measure/outage.ts';
import { HELD, NOON, shuffled, slot, stream } from './sample-stream.ts';
import { seededRandom } from './seeded-random.ts';

describe('actual RTO', () => {
  it('runs from the start of the last success to the start of the first success that holds', () => {
    expect(measureRto(stream(`+++???---+${HELD}`))).toEqual({
      rtoSeconds: 0.7,
      reason: null,
      disruptedAt: slot(2),
      detectedAt: slot(5, 1_000),
      servingAt: slot(9),
      resolutionSeconds: 0.1,
    });
  });

  it('is not stopped by a lucky success, nor by one that holds not long enough', () => {
    const early = '+'.repeat(30);
    expect(measureRto(stream(`++---+--${early}-${HELD}+`))).toMatchObject({ servingAt: slot(39), rtoSeconds: 3.8 });
  });

  it('counts a request that started exactly at the end of the hold as within it', () => {
    expect(measureRto(stream(`++---${'+'.repeat(30)}-${HELD}+`)).servingAt).toBe(slot(36));
  });

  it('waits for samples through the whole hold, and until then says not yet', () => {
    const almost = measureRto(stream(`++---${'+'.repeat(31)}`));
    expect(almost).toMatchObject({ rtoSeconds: null, servingAt: null, disruptedAt: slot(1) });
    expect(almost.reason).toContain('not yet serving');
    expect(measureRto(stream(`++---${'+'.repeat(32)}`))).toMatchObject({ rtoSeconds: 0.4, servingAt: slot(5) });
  });

  it('does not take a sample still in flight for a success', () => {
    expect(measureRto(stream(`++---+++++.${'+'.repeat(30)}`)).servingAt).toBeNull();
  });

  it('does not take silence of the watch for serving', () => {
    const silent = `++---+${' '.repeat(40)}+${HELD}`;
    expect(measureRto(stream(silent)).servingAt).toBe(slot(46));
  });

  it('ignores one or two misses', () => {
    expect(measureRto(stream(`++--++-+?${HELD}`))).toMatchObject({
      rtoSeconds: null,
      reason: 'no outage was seen: never three misses in a row',
    });
  });

  it('orders by request start: late time-outs do not hide the outage', () => {
    const samples = stream(`++???${HELD}+`);
    const byAnswer = [...samples].sort((one, other) => one.doneAt - other.doneAt);
    expect(byAnswer).not.toEqual(samples);
    expect(measureRto(byAnswer)).toEqual(measureRto(samples));
  });

  it('is detected when the third failure is known, whichever of the three was answered last', () => {
    expect(measureRto(stream(`++?--${HELD}+`)).detectedAt).toBe(slot(2, 1_000));
  });

  it('is not measured without a success before, and without samples', () => {
    expect(measureRto(stream(`---${HELD}+`))).toMatchObject({
      rtoSeconds: null,
      disruptedAt: null,
      servingAt: slot(3),
    });
    expect(measureRto([]).reason).toBe('no samples of the watch');
  });

  it('reports the gap around a pause of the watch as resolution', () => {
    expect(measureRto(stream(`++          ---${HELD}+`)).resolutionSeconds).toBe(1.1);
  });

  it('is that of the outage that was on, or of the next one', () => {
    const two = stream(`+---${HELD}++-----${HELD}+`);
    const [first, second] = findOutages(two);
    expect(measureRto(two, { around: NOON }).disruptedAt).toBe(slot(0));
    expect(measureRto(two, { around: first!.servingAt! }).rtoSeconds).toBe(0.4);
    expect(measureRto(two, { around: first!.servingAt! + 1 }).rtoSeconds).toBe(0.6);
    expect(measureRto(two, { around: second!.servingAt! + 1 }).rtoSeconds).toBeNull();
    expect(measureRto(two).rtoSeconds).toBe(0.6);
  });

  it('refuses to mix vantages', () => {
    expect(() => measureRto([...stream('+'), ...stream('+', { vantage: 'eu-west-3' })])).toThrow('2 vantages');
  });
});

/** The definition, word by word, without care for speed. */
function outagesByDefinition(samples: readonly WatchSample[]) {
  const ordered = [...samples].sort((one, other) => one.at - other.at);
  const good = (sample: WatchSample | undefined) => sample?.outcome === 'acknowledged';
  const found: { disruptedAt: number | null; servingAt: number | null }[] = [];
  for (let from = 0; from < ordered.length; ) {
    const miss = ordered.findIndex(
      (_, i) => i >= from && [0, 1, 2].every((k) => ordered[i + k] && !good(ordered[i + k])),
    );
    if (miss < 0) break;
    const serving = ordered.findIndex(
      (sample, i) =>
        i > miss &&
        good(sample) &&
        ordered.some(({ at }) => at > sample.at + 3_000) &&
        ordered.every((other) => other.at < sample.at || other.at > sample.at + 3_000 || good(other)),
    );
    found.push({ disruptedAt: ordered[miss - 1]?.at ?? null, servingAt: ordered[serving]?.at ?? null });
    if (serving < 0) break;
    from = serving;
  }
  return found;
}

describe('random streams', () => {
  it.each([...Array(40).keys()])('agree with the definition, in whatever order they were written (seed %i)', (seed) => {
    const random = seededRandom(seed);
    let text = '';
    while (text.length < 400) {
      const kind = random() < 0.5 ? '+' : random() < 0.5 ? '-' : '?';
      text += kind.repeat(1 + Math.floor(random() ** 3 * (kind === '+' ? 90 : 25)));
    }
    const samples = shuffled(stream(text), random);
    const found = findOutages(samples);
    expect(found.map(({ disruptedAt, servingAt }) => ({ disruptedAt, servingAt }))).toEqual(
      outagesByDefinition(samples),
    );
    expect(found.reduce((sum, { misses }) => sum + misses, 0)).toBeLessThanOrEqual(
      [...text].filter((c) => c !== '+').length,
    );
  });
});
