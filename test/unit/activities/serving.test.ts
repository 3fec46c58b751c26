import { describe, expect, it } from 'vitest';
import { actual } from '../../../activities/measure/actual.ts';
import { confirmServing } from '../../../activities/traffic/confirm-serving.ts';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { canaries, decide, outputOf, waitOf } from './a-decision.ts';

const inParis = (pattern: string, more: Parameters<typeof canaries>[1] = {}) =>
  canaries(pattern, { servedBy: 'eu-west-3', ...more });

describe('confirming that customers are served', () => {
  const input = {
    service: 'booking',
    region: 'eu-west-3',
    name: 'booking.example.com',
    expectedAddress: '198.51.100.10',
    since: '2026-11-21T03:10:00.000Z',
    holdSeconds: 3,
  };
  const judge = (samples: readonly WatchSample[], addresses = ['198.51.100.10']) =>
    decide(confirmServing, input, { addresses, samples });

  it('gives the start of the first success that held', () => {
    const samples = inParis('xx....');
    expect(outputOf(judge(samples))).toEqual({
      servingAt: new Date(samples[2]!.at).toISOString(),
      servedBy: 'eu-west-3',
    });
  });

  it('does not count a lucky success', () => {
    const samples = inParis('x.x....');
    expect(outputOf(judge(samples)).servingAt).toBe(new Date(samples[3]!.at).toISOString());
    expect(waitOf(judge(inParis('....x')))).toContain('the newest canary was not served from eu-west-3');
  });

  it('waits until success has held for the whole hold', () => {
    expect(waitOf(judge(inParis('x...')))).toBe('served from eu-west-3 for 2.0 s of 3 s');
  });

  it('does not count success in the old region', () => {
    expect(judge(canaries('......')).kind).toBe('wait');
    const mixed = inParis('......').map((sample, index) =>
      index === 4 ? { ...sample, servedBy: 'eu-west-1' } : sample,
    );
    expect(judge(mixed).kind).toBe('wait');
  });

  it('does not count across a canary that is still in flight, which may yet fail', () => {
    const missing = inParis('......').filter(({ number }) => number !== 4);
    expect(judge(missing).kind).toBe('wait');
  });

  it('does not count a silence as success', () => {
    const [first, second] = inParis('..');
    expect(judge([{ ...first!, at: first!.at - 30_000 }, second!]).kind).toBe('wait');
  });

  it('waits for the slowest vantage, and takes its instant', () => {
    const paris = inParis('xx.....', { vantage: 'paris' });
    const control = inParis('xxx....');
    expect(outputOf(judge([...paris, ...control])).servingAt).toBe(new Date(control[3]!.at).toISOString());
    expect(judge([...paris, ...inParis('xxxxxx.')]).kind).toBe('wait');
  });

  it('waits while a resolver answers another address, or none answers', () => {
    expect(waitOf(judge(inParis('......'), ['198.51.100.10', '192.0.2.10']))).toContain('still answers 192.0.2.10');
    expect(waitOf(judge(inParis('......'), []))).toContain('no resolver answers');
  });

  it('waits while no canary has ended since the shift', () => {
    expect(waitOf(judge([]))).toContain('no canary');
  });
});

describe('measuring', () => {
  /** Three acknowledged under epoch 1, four missed, then served again under epoch 2. */
  const story = (pattern: string, vantage = 'control') => {
    const samples = canaries(pattern, { vantage });
    const lastMiss = Math.max(pattern.lastIndexOf('x'), pattern.lastIndexOf('-'));
    return samples.map((sample, index) =>
      index > lastMiss ? { ...sample, servedBy: 'eu-west-3', epoch: 2 } : { ...sample, epoch: 1 },
    );
  };
  const allOf = (samples: readonly WatchSample[]) =>
    new Set(samples.filter(({ outcome }) => outcome === 'acknowledged').map(({ number }) => number));
  const inputAt = (servingMs: number, downSince: number | null) => ({
    service: 'booking',
    region: 'eu-west-3',
    epochBefore: 1,
    downSince: downSince === null ? null : new Date(downSince).toISOString(),
    servingAt: new Date(servingMs).toISOString(),
    lagEstimateSeconds: 0.3,
  });
  const seenOf = (samples: readonly WatchSample[], survivors = allOf(samples)) => ({
    id: samples[0]!.vantage,
    samples,
    survivors,
  });

  it('gives the time from the last good booking to the first that held', () => {
    const samples = story('...xxxx......');
    const output = outputOf(decide(actual, inputAt(samples[7]!.at, samples[2]!.at), [seenOf(samples)]));
    expect(output).toMatchObject({
      rtoSeconds: 5,
      rpo: { lost: 0 },
      vantage: 'control',
      databaseLagEstimateSeconds: 0.3,
      notMeasured: {},
    });
    expect(output.disruptedAt).toBe(new Date(samples[2]!.at).toISOString());
  });

  it('counts what the promoted database did not keep', () => {
    const samples = story('...xxxx......');
    const survivors = new Set([...allOf(samples)].filter((number) => number !== 3));
    expect(
      outputOf(decide(actual, inputAt(samples[7]!.at, samples[2]!.at), [seenOf(samples, survivors)])).rpo,
    ).toMatchObject({ lost: 1 });
  });

  it('waits for the verdict until success has held as long as the measure asks, instead of giving none', () => {
    const early = story('...xxxx...');
    expect(waitOf(decide(actual, inputAt(early[7]!.at, early[2]!.at), [seenOf(early)]))).toContain('not held');
  });

  it('measures a vantage that was served before the slowest one, and takes the worse figure', () => {
    const fast = story('...xxx........', 'fast');
    const slow = story('...xxxxxx.....', 'slow');
    const input = inputAt(slow[9]!.at, slow[2]!.at);
    expect(outputOf(decide(actual, input, [seenOf(fast), seenOf(slow)]))).toMatchObject({
      vantage: 'slow',
      rtoSeconds: 7,
    });
    expect(outputOf(decide(actual, input, [seenOf(fast)]))).toMatchObject({ vantage: 'fast', rtoSeconds: 4 });
  });

  it('waits for a first sample, and in a dry run predicts without waiting for an outage', () => {
    expect(
      waitOf(decide(actual, inputAt(0, null), [{ id: 'control', samples: [], survivors: new Set<number>() }])),
    ).toContain('no sample');
    const healthy = canaries('......', { epoch: 1 });
    const decision = decide(actual, inputAt(healthy[5]!.at, null), [seenOf(healthy)], null, { mode: 'dry_run' });
    expect(decision).toMatchObject({
      kind: 'wait',
      predicted: { rtoSeconds: null, notMeasured: { rto: { reason: expect.any(String) } } },
    });
  });
});
