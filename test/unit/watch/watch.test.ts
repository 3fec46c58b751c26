import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { findOutages } from '../../../measure/outage.ts';
import { readSamples } from '../../../watch/sample-journal.ts';
import { sendCanary } from '../../../watch/send-canary.ts';
import type { VantageSettings } from '../../../watch/vantage-settings.ts';
import { Watch } from '../../../watch/watch.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';
import { bookingService } from './a-booking-service.ts';
import { until } from './until.ts';

async function vantage(more: Partial<VantageSettings> = {}) {
  const service = await bookingService();
  const settings: VantageSettings = {
    service: 'booking',
    vantage: 'control',
    name: 'booking.lab.test',
    port: service.port,
    practitioner: 'canary',
    intervalMs: 50,
    // Longer than a busy machine may stand still: what is answered here is no miss.
    timeoutMs: 10_000,
    resolvers: [service.resolver],
    localAddress: '127.0.0.1',
    folder: join(await temporaryFolder(), 'booking'),
    ...more,
  };
  const start = async (): Promise<Watch> => {
    const watch = await Watch.start(settings, pino({ level: 'silent' }));
    let stopped: Promise<void> | null = null;
    const stop = watch.stop.bind(watch);
    watch.stop = () => (stopped ??= stop());
    onTestFinished(() => watch.stop());
    return watch;
  };
  const samples = (): Promise<readonly WatchSample[]> => readSamples(settings.folder, 0);
  const lines = async <Line>(kind: string): Promise<readonly Line[]> => {
    const text = await readFile(join(settings.folder, `control.${kind}.jsonl`), 'utf8');
    return text
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };
  return { service, settings, start, samples, lines };
}

const numbersOf = (samples: readonly WatchSample[]): number[] => samples.map(({ number }) => number);
const inARow = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

describe('a canary', () => {
  it('is a booking of its own, by the public name, over a new connection, with the name resolved afresh', async () => {
    const { service, settings } = await vantage();
    const first = await sendCanary(settings, 7);
    await sendCanary(settings, 8);
    expect(first).toMatchObject({ number: 7, outcome: 'acknowledged', servedBy: 'eu-west-1', epoch: 41, error: null });
    expect(first.doneAt).toBeGreaterThanOrEqual(first.at);
    expect(service.received.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(service.queries).toBe(2);
    expect(service.received[0]).toMatchObject({
      host: `booking.lab.test:${service.port}`,
      from: '127.0.0.1',
      body: { id: 'canary-control-7', practitioner: 'canary', vantage: 'control', number: 7, canary: true },
    });
  });

  it.each([
    ['refuse', 'refused', 'ECONNRESET'],
    ['unavailable', 'refused', 'HTTP 503: this region does not hold the write lease'],
    ['wrong_booking', 'refused', "HTTP 201, but for another booking than 'canary-control-1'"],
    ['hang', 'timed_out', 'no end within 2000 ms while waiting for the answer'],
  ] as const)('of a service that does %s is %s, with the reason', async (manner, outcome, error) => {
    const { service, settings } = await vantage(manner === 'hang' ? { timeoutMs: 2_000 } : {});
    service.manner = manner;
    expect(await sendCanary(settings, 1)).toMatchObject({
      outcome,
      servedBy: null,
      epoch: null,
      error: expect.stringContaining(error),
    });
  });

  it.each([
    ['nobody listens', { port: 1 }, 'refused', 'connect ECONNREFUSED'],
    ['no resolver answers', { resolvers: ['127.0.0.1:1'] }, 'refused', 'queryA ECONNREFUSED'],
  ] as const)('is refused where %s', async (_title, more, outcome, error) => {
    const { settings } = await vantage(more);
    expect(await sendCanary(settings, 1)).toMatchObject({ outcome, error });
  });

  it('is refused where the name has no address', async () => {
    const { service, settings } = await vantage();
    service.address = '';
    expect(await sendCanary(settings, 1)).toMatchObject({ outcome: 'refused', error: 'queryA ENODATA' });
  });

  it('times out within its time-out also while resolving', async () => {
    const { createSocket } = await import('node:dgram');
    const mute = createSocket('udp4');
    await new Promise<void>((bound) => mute.bind(0, '127.0.0.1', bound));
    onTestFinished(() => void mute.close());
    const { settings } = await vantage({ resolvers: [`127.0.0.1:${mute.address().port}`], timeoutMs: 600 });
    const sample = await sendCanary(settings, 1);
    expect(sample).toMatchObject({ outcome: 'timed_out', error: 'no end within 600 ms while resolving' });
    // Left to itself, a resolver asks for 20 s and more.
    expect(sample.doneAt - sample.at).toBeLessThan(10_000);
  });

  it('follows the name to another place at once', async () => {
    const { service, settings } = await vantage({ localAddress: null });
    expect((await sendCanary(settings, 1)).outcome).toBe('acknowledged');
    service.address = '127.0.0.2';
    expect(await sendCanary(settings, 2)).toMatchObject({ outcome: 'refused', error: 'connect ECONNREFUSED' });
  });
});

describe('a watch', () => {
  it('keeps its rate while nothing answers, and loses no sample', async () => {
    const { service, start, samples } = await vantage({ timeoutMs: 4_000 });
    service.manner = 'hang';
    const watch = await start();
    // Ten take half a second: long before the first of them is given up, unless the rate is not kept.
    await until(() => service.asked >= 10);
    await watch.stop();
    const taken = await samples();
    expect(numbersOf(taken)).toEqual(inARow(1, taken.length));
    expect(taken.every(({ outcome }) => outcome === 'timed_out')).toBe(true);
    expect(taken.filter(({ at }) => at < taken[0]!.doneAt).length).toBeGreaterThanOrEqual(10);
  });

  it('goes on with higher numbers after a clean end, and after a line cut short', async () => {
    const { settings, start, samples } = await vantage();
    const first = await start();
    await until(async () => (await samples()).length >= 5);
    await first.stop();
    const before = await samples();
    await appendFile(join(settings.folder, 'control.jsonl'), '{"vantage":"control","number":99');
    const second = await start();
    await until(async () => (await samples()).length >= before.length + 5);
    await second.stop();
    const all = numbersOf(await samples());
    expect(new Set(all).size).toBe(all.length);
    expect(Math.min(...all.slice(before.length))).toBeGreaterThan(Math.max(...numbersOf(before)));
  });

  it('records an outage when it begins and when it has ended', async () => {
    const { service, start, samples, lines } = await vantage();
    const watch = await start();
    await until(async () => (await samples()).length >= 3);
    service.manner = 'unavailable';
    await until(async () => (await lines('outages')).length === 1);
    const lastGood = (await samples()).filter(({ outcome }) => outcome === 'acknowledged').at(-1)!;
    const from = new Date(lastGood.at).toISOString();
    expect(await lines('outages')).toEqual([{ from, to: null, misses: 3 }]);
    service.manner = 'answer';
    await until(async () => (await lines('outages')).length === 2);
    await watch.stop();
    const [, ended] = await lines<{ from: string; to: string; misses: number }>('outages');
    const [outage] = findOutages(await samples());
    expect(ended).toMatchObject({ from, to: new Date(outage!.servingAt!).toISOString() });
  });

  it('takes up the outage that was on when it was ended', async () => {
    const { service, start, samples, lines } = await vantage();
    const first = await start();
    await until(async () => (await samples()).length >= 3);
    service.manner = 'refuse';
    await until(async () => (await lines('outages')).length === 1);
    await first.stop();
    service.manner = 'answer';
    const second = await start();
    await until(async () => (await lines('outages')).length === 2);
    await second.stop();
    const [began, ended] = await lines<{ from: string; to: string | null }>('outages');
    expect(ended).toMatchObject({ from: began!.from, to: expect.any(String) });
  });

  it('notes when what was acknowledged cannot be read back', async () => {
    const { service, start, samples, lines } = await vantage();
    const watch = await start();
    await until(async () => (await samples()).length >= 3);
    service.manner = 'forget';
    await until(async () => (await lines('mismatches')).length > 0);
    await watch.stop();
    const [mismatch] = await lines<{ acknowledged: number; found: number }>('mismatches');
    const found = service.received[0]!.number;
    expect(mismatch).toMatchObject({ found, servedBy: 'eu-west-1' });
    expect(mismatch!.acknowledged).toBeGreaterThan(found);
  });
});
