import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSamples } from '../../../watch/sample-journal.ts';
import { validConfiguration, writeConfiguration } from '../configuration/valid-configuration.ts';
import { bookingService } from './a-booking-service.ts';
import { until } from './until.ts';

/** A process begins by compiling its sources, which on a busy machine takes many seconds. */
const START_MS = 60_000;
const TEST_MS = 3 * START_MS;

const main = join(import.meta.dirname, '../../../watch/main.ts');

function watchProcess(words: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...words], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { child, says: () => said, ended: endOf(child) };
}

/** When it has ended and everything it said has been read. */
const endOf = (child: ChildProcess): Promise<{ code: number | null; signal: string | null }> =>
  once(child, 'close').then(([code, signal]) => ({ code, signal }));

async function configured() {
  const service = await bookingService();
  const configuration = validConfiguration();
  const { booking } = configuration.services;
  booking.watch.intervalMs = 50;
  booking.frontDoor['eu-west-1'].port = service.port;
  booking.frontDoor['eu-west-3'].port = service.port;
  configuration.network = { localAddress: '127.0.0.1', resolvers: [service.resolver] };
  const path = await writeConfiguration(configuration);
  return { service, path, folder: join(dirname(path), 'watch', 'booking') };
}

describe('the watch as a process', { timeout: TEST_MS }, () => {
  it('uses no number twice although it was killed with canaries in flight', async () => {
    const { service, path, folder } = await configured();
    const first = watchProcess([path, 'booking', 'control']);
    await until(() => service.received.length >= 10, START_MS);
    service.manner = 'hang';
    const before = service.received.length;
    const journalled = async () => new Set((await readSamples(folder, 0)).map(({ number }) => number));
    await until(async () => {
      const there = await journalled();
      return service.received.every(({ number }) => there.has(number));
    });
    const { asked } = service;
    await until(() => service.asked >= asked + 2);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = watchProcess(['booking', 'control'], { LIFEBOAT_CONFIG: path });
    // Until then: what the first one sent last may still lie in the socket.
    await until(() => second.says().includes('watching'), START_MS);
    service.manner = 'answer';
    await until(() => service.received.length >= before + 10);
    second.child.kill('SIGTERM');
    expect(await second.ended).toEqual({ code: 0, signal: null });
    const ids = service.received.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const numbers = service.received.map(({ number }) => number);
    // What was in flight may have been booked without anybody knowing: those numbers are never seen again either.
    expect(Math.min(...numbers.slice(before))).toBeGreaterThan(Math.max(...numbers.slice(0, before)) + 20);
    // Everything that was answered is in the journal.
    const there = await journalled();
    expect(numbers.filter((number) => !there.has(number))).toEqual([]);
  });

  it.each([
    [['booking', 'moon'], 2, "service 'booking' has no vantage 'moon' (DR_USAGE)"],
    [['search', 'control'], 2, "the configuration has no service 'search' (DR_SERVICE_UNKNOWN)"],
    [['booking'], 2, '(DR_USAGE)'],
  ])('refuses %j', async (words, code, says) => {
    const { path } = await configured();
    const refused = watchProcess(words, { LIFEBOAT_CONFIG: path });
    expect(await refused.ended).toMatchObject({ code });
    expect(refused.says()).toContain(says);
  });
});
