import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { LifeboatCommand } from '../../lab/demo/lifeboat-command.ts';
import { observerVerdict, untilHealthy, untilMissing } from '../../lab/demo/observed.ts';
import { type LabHandle, startLab } from '../../lab/lab-handle.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';

/** A whole lab and a whole move; its waits alone may take most of it on a busy machine. */
const TEST_MS = 280_000;

let lab: LabHandle | null = null;
afterEach(async () => {
  await lab?.down();
  lab = null;
});

/** The old place is cut off and lives on; the move is asked for, approved and ends. */
async function moveAwayFromALivingRegion(running: LabHandle): Promise<ExecutionSnapshot> {
  const oncall = new LifeboatCommand(await running.environment('oncall-1'));
  const approver = new LifeboatCommand(await running.environment('approver-2'));
  const words = ['region-failover', '--service', 'booking', '--to', 'eu-west-3', '--confirm', 'booking', '--detach'];
  const said = await oncall.json('start', ...words, '--purpose', 'incident', '--reason', 'cut off');
  const executionId = said.find(({ type }) => type === 'started')?.['executionId'] as string;
  expect(executionId, JSON.stringify(said)).toBeTypeOf('string');
  const snapshot = async () =>
    (await oncall.json('status', executionId)).find((line) => line['snapshot'])?.['snapshot'] as ExecutionSnapshot;
  await waitUntil('the gate opens', async () => (await snapshot()).gates.some((gate) => gate.state === 'open'), {
    timeoutMs: 90_000,
  });
  const approved = await approver.run(
    'approve',
    executionId,
    '--gate',
    'approve-promotion',
    '--accept',
    'loss',
    '--yes',
    '--reason',
    'cut off',
  );
  expect(approved.exitCode, approved.stdout).toBe(0);
  await waitUntil('the execution ends', async () => (await snapshot()).state === 'ended', { timeoutMs: 90_000 });
  return snapshot();
}

it('keeps every old writer from committing, also one that was stopped between check and commit and wakes after the promotion', {
  timeout: TEST_MS,
}, async () => {
  lab = await startLab();
  const { files } = await lab.status();
  await untilHealthy(files.observers.outside, 20);
  const frozen = await lab.fault({ kind: 'freeze-writer', region: 'eu-west-1' });
  const [, pod, pid] = /^(\S+) \(pid (\d+)\)/.exec(frozen.says[0]!)!;
  await waitUntil(
    'the writer is stopped before its commit',
    () => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    { timeoutMs: 10_000 },
  );
  await lab.fault({ kind: 'partition', region: 'eu-west-1' });
  await untilMissing(files.observers.outside, 5);
  const ended = await moveAwayFromALivingRegion(lab);
  expect(ended.outcome).toBe('succeeded');
  expect(ended.steps.find(({ id }) => id === 'fence-writers')!.output).toMatchObject({ proved: 'lease' });
  await lab.part(pod!).thaw();
  await waitUntil('the woken writer answers again', async () => (await lab!.part(pod!).status()).state === 'running', {
    timeoutMs: 30_000,
  });
  await untilHealthy(files.observers.outside, 35);
  const { verdict, rows } = await observerVerdict(lab, files.observers.outside);
  expect(rows.old.length).toBeGreaterThan(0);
  expect(verdict.dualWriterRows).toEqual([]);
  expect(verdict.dualWriterInstants).toBe(0);
});

it('is what keeps them: writers that ignore the lease go on writing, and the observer reports them', {
  timeout: TEST_MS,
}, async () => {
  lab = await startLab({ writers: 'ignore_lease' });
  const { files } = await lab.status();
  await untilHealthy(files.observers.outside, 20);
  await lab.fault({ kind: 'partition', region: 'eu-west-1' });
  await untilMissing(files.observers.outside, 5);
  await moveAwayFromALivingRegion(lab);
  const running = lab;
  await waitUntil(
    'both sides have written',
    async () => (await observerVerdict(running, files.observers.outside)).verdict.dualWriterInstants > 0,
    { timeoutMs: 60_000, everyMs: 1_000 },
  );
});
