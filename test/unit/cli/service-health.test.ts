import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderHome } from '../../../cli/screens/home.ts';
import { paintFor } from '../../../cli/terminal/paint.ts';
import { visibleWidth } from '../../../cli/terminal/text-width.ts';
import { readSampleTails } from '../../../cli/watching/sample-tail.ts';
import { serviceHealth } from '../../../cli/watching/service-health.ts';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';
import { at, configuration, service } from './story-setting.ts';

const start = Date.parse(at('03:12:00.000'));
const now = new Date(start + 60_000);

/** One sample a second: `g`ood, `r`efused, `t`imed out; the last one begins `ageMs` before now. */
function samples(pattern: string, ageMs = 1_000): WatchSample[] {
  return [...pattern].map((letter, index) => {
    const begun = now.getTime() - ageMs - (pattern.length - 1 - index) * 1_000;
    const good = letter === 'g';
    return {
      vantage: 'control',
      number: index,
      at: begun,
      doneAt: begun + (letter === 't' ? 900 : 20),
      outcome: good ? 'acknowledged' : letter === 'r' ? 'refused' : 'timed_out',
      servedBy: good ? 'eu-west-1' : null,
      epoch: good ? 41 : null,
      error: good ? null : 'connect ECONNREFUSED 192.0.2.10:80',
    };
  });
}

const health = (control: WatchSample[], other: WatchSample[] = []) =>
  serviceHealth(
    service,
    new Map([
      ['control', control],
      ['eu-west-3', other],
    ]),
    now,
  );

describe('how a service fares', () => {
  it('is serving while the newest bookings are acknowledged, by the region that did', () => {
    expect(health(samples('ggrrg'), samples('ggggg'))).toMatchObject({ state: 'serving', servingRegion: 'eu-west-1' });
  });

  it('is down from the start of the last acknowledged booking, after three misses in a row', () => {
    const found = health(samples('ggrtr'), samples('gtttt'));
    expect(found.state).toBe('down');
    expect(found.downSince).toBe(new Date(now.getTime() - 4_000).toISOString());
    expect(found.vantages.map(({ misses }) => misses)).toEqual([3, 4]);
  });

  it('is not down after two misses', () => {
    expect(health(samples('gggrr'), samples('ggggg')).state).toBe('serving');
  });

  it('orders samples by their start: a timeout that was written last does not make an outage', () => {
    const written = samples('grrrg');
    expect(health([written[4]!, ...written.slice(0, 4)], samples('g')).state).toBe('serving');
  });

  it('is disputed when the vantages disagree', () => {
    expect(health(samples('grrr'), samples('gggg')).state).toBe('disputed');
  });

  it('is unknown, not well, when the watch is silent', () => {
    expect(health(samples('gggg', 30_000), []).state).toBe('silent');
    expect(health([], []).state).toBe('silent');
  });

  it('leaves a silent vantage out of the verdict and names it', () => {
    const found = health(samples('grrrr'), []);
    expect(found.state).toBe('down');
    expect(found.vantages[1]).toMatchObject({ id: 'eu-west-3', sees: 'silent', lastSampleAt: null });
  });

  it('names the other region as the one to move to, also after a move', () => {
    const moved = samples('gg').map((sample) => ({ ...sample, servedBy: 'eu-west-3' }));
    expect(health(samples('gg')).otherRegion).toBe('eu-west-3');
    expect(health(moved).otherRegion).toBe('eu-west-1');
  });
});

describe('bare lifeboat', () => {
  const style = (width: number) => ({ width, paint: paintFor(false), banner: 'LAB: not AWS' });
  const down = health(samples(`g${'t'.repeat(40)}`), samples(`g${'r'.repeat(40)}`));

  it('tells down since, last good booking, misses per vantage, budget left and the command to run next', () => {
    const text = renderHome({ now, services: [down], running: [], runningUnknown: null }, style(120));
    expect(text).toMatch(/booking\s+DOWN since 03:12:19Z \(41\.0 s\)\s+last served by: eu-west-1/);
    expect(text).toContain('last good booking 03:12:19.000Z (41.0 s ago)');
    expect(text).toContain(
      'seen from control (eu-central-1): 40 misses in a row, last: connect ECONNREFUSED 192.0.2.10:80',
    );
    expect(text).toContain('seen from eu-west-3 (eu-west-3): 40 misses in a row');
    expect(text).toContain('RTO 15 min (14 m 19 s left) · RPO 60 s');
    expect(text).toContain('lifeboat plan region-failover --service booking --to eu-west-3');
  });

  it('offers to watch what runs already, and not to plan again', () => {
    const run = {
      executionId: 'fo-20261121-0316-k3ab',
      workflowId: 'live/booking',
      runbook: 'region-failover',
      service: 'booking',
      mode: 'live',
      purpose: 'incident',
      startedAt: at('03:12:30.000'),
      endedAt: null,
      status: 'running',
      requestedBy: 'oncall-1',
      ledgerEntry: null,
    };
    const text = renderHome({ now, services: [down], running: [run], runningUnknown: null }, style(120));
    expect(text).toContain('lifeboat watch fo-20261121-0316-k3ab');
    expect(text).not.toContain('lifeboat plan');
  });

  it('still tells how the service fares when Temporal is gone, and sends to the doctor', () => {
    const unknown = { running: null, runningUnknown: 'Temporal does not answer at 127.0.9.60:7008' };
    const text = renderHome({ now, services: [down], ...unknown }, style(120));
    expect(text).toContain('DOWN since');
    expect(text).toMatch(/executions\s+unknown: Temporal does not answer/);
    expect(text).toContain('lifeboat doctor');
  });

  it.each([60, 80, 120])('fits %i columns', (width) => {
    const text = renderHome({ now, services: [down], running: [], runningUnknown: null }, style(width));
    expect(text.split('\n').filter((line) => visibleWidth(line) > width)).toEqual([]);
  });
});

describe('what is read of the journals', () => {
  async function tails(control: readonly WatchSample[], other: readonly WatchSample[] = []) {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'booking'));
    const jsonl = (list: readonly WatchSample[]): string =>
      list.map((sample) => `${JSON.stringify(sample)}\n`).join('');
    await writeFile(join(folder, 'booking', 'control.jsonl'), jsonl(control));
    const elsewhere = other.map((sample) => ({ ...sample, vantage: 'eu-west-3' }));
    if (other.length > 0) await writeFile(join(folder, 'booking', 'eu-west-3.jsonl'), jsonl(elsewhere));
    const there = { ...configuration, control: { ...configuration.control, watch: folder } };
    return readSampleTails(there, service, now);
  }

  it('reaches back to the last acknowledged booking, however long the outage', async () => {
    const found = await tails(samples(`ggg${'t'.repeat(6_000)}`));
    expect(serviceHealth(service, found, now)).toMatchObject({
      state: 'down',
      downSince: new Date(now.getTime() - 6_001_000).toISOString(),
    });
  });

  it('is only the last minute while all is well', async () => {
    const found = await tails(samples('g'.repeat(5_000)), samples('g'.repeat(5_000)));
    expect([...found.values()].map((list) => list.length)).toEqual([60, 60]);
  });

  it('does not go back for days because one vantage is silent', async () => {
    const found = await tails(samples('g'.repeat(5_000)), []);
    expect([...found.values()].map((list) => list.length)).toEqual([60, 0]);
  });

  it('is nothing where no watch ever wrote', async () => {
    const there = { ...configuration, control: { ...configuration.control, watch: '/nowhere' } };
    const found = await readSampleTails(there, service, now);
    expect(serviceHealth(service, found, now).state).toBe('silent');
  });
});
