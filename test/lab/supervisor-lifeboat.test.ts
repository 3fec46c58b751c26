import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabHandle, programDir, startLab } from '../../lab/lab-handle.ts';

describe('a lab with Lifeboat in it', () => {
  let lab: LabHandle;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(() => lab?.down());

  test('has a worker that takes work again after it was killed with -9 and started', async () => {
    const before = await lab.part('worker').status();
    expect(await lab.part('worker').kill()).toMatchObject({ state: 'ended', pid: null });
    const after = await lab.part('worker').start();
    expect(after).toMatchObject({ state: 'running' });
    expect(after.pid).not.toBe(before.pid);
  });

  test('has a watch that sees the service from its first sample on', async () => {
    const { files } = await lab.status();
    const samples = readFileSync(join(files.watch, 'booking', 'control.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(JSON.parse(samples[0] ?? '{}')).toMatchObject({ outcome: 'acknowledged', servedBy: 'eu-west-1', epoch: 1 });
  });

  test('gives a shell what the lifeboat command needs', async () => {
    const environment = { ...process.env, ...(await lab.environment()) };
    const said = await new Promise<string>((resolve) => {
      const args = [join(programDir(), 'lifeboat.js'), 'doctor'];
      execFile(process.execPath, args, { env: environment }, (_error, stdout, stderr) => resolve(stdout + stderr));
    });
    expect(said).toMatch(/identity +oncall-1, operator/);
    expect(said).toMatch(/verdict +0 failed/);
  });
});
