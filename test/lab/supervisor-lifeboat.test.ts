import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WatchSample } from '../../domain/watch-sample.ts';
import { type LabHandle, programDir, startLab } from '../../lab/lab-handle.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';

/** Ends what hangs; nothing waited for here promises to be quick. */
const WAIT = { timeoutMs: 60_000 };

describe('a lab with Lifeboat in it', () => {
  let lab: LabHandle;
  beforeAll(async () => {
    // The strangers' twenty bookings a second are nobody's business here, and a busy machine has enough to do.
    lab = await startLab({ without: ['observers'] });
  });
  afterAll(() => lab?.down());

  test('has a worker that takes work again after it was killed with -9 and started', async () => {
    const before = await lab.part('worker').status();
    expect(await lab.part('worker').kill()).toMatchObject({ state: 'ended', pid: null });
    const after = await lab.part('worker').start();
    expect(after).toMatchObject({ state: 'running' });
    expect(after.pid).not.toBe(before.pid);
  });

  test('has a watch that sees the service', async () => {
    const { files } = await lab.status();
    const path = join(files.watch, 'booking', 'control.jsonl');
    let seen: WatchSample | undefined;
    // Not the first line: samples stand in the order they end, and a busy machine makes one too late now and then.
    const looked = () => {
      const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
      seen = lines.map((line) => JSON.parse(line) as WatchSample).find(({ outcome }) => outcome === 'acknowledged');
      if (!seen) throw new Error(`${lines.length} samples, the last ${lines.at(-1)}`);
      return true;
    };
    await waitUntil('a canary is acknowledged', looked, WAIT);
    expect(seen).toMatchObject({ servedBy: 'eu-west-1', epoch: 1, error: null });
  });

  test('gives a shell what the lifeboat command needs', async () => {
    const environment = { ...process.env, ...(await lab.environment()) };
    const args = [join(programDir(), 'lifeboat.js'), 'doctor'];
    const doctor = () =>
      new Promise<string>((resolve) => {
        execFile(process.execPath, args, { env: environment }, (_error, stdout, stderr) => resolve(stdout + stderr));
      });
    // The doctor looks once: a server that is late, or a watch that was kept from writing, is well a moment later.
    const well = /identity +oncall-1, operator[\s\S]*verdict +0 failed/;
    await expect.poll(doctor, { timeout: WAIT.timeoutMs }).toMatch(well);
  });
});
