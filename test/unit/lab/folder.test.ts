import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endLeftovers, ProcessRecord } from '../../../lab/parts/leftovers.ts';
import { identityOf, isAlive } from '../../../lab/parts/process-tree.ts';
import { prepareFolder } from '../../../lab/prepare-folder.ts';
import { FolderLock, runningSupervisor } from '../../../lab/supervisor/folder-lock.ts';

let folder: string;
const pids: number[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-folder-'));
  chmodSync(folder, 0o755);
});
afterEach(() => {
  for (const pid of pids.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function sleeper(): number {
  const { pid } = spawn('sleep', ['100'], { stdio: 'ignore' });
  pids.push(pid!);
  return pid!;
}

test('refuses a folder with files that no lab made, and leaves them', async () => {
  writeFileSync(join(folder, 'thesis.txt'), 'years of work');
  await expect(prepareFolder(folder)).rejects.toMatchObject({ shape: { code: 'DR_LAB_DIR_UNUSABLE', field: '--dir' } });
  expect(existsSync(join(folder, 'thesis.txt'))).toBe(true);
});

test('takes a new folder, and one that was a lab’s before', async () => {
  const dir = join(folder, 'new');
  await prepareFolder(dir);
  writeFileSync(join(dir, 'left.txt'), '');
  expect(await prepareFolder(dir)).toBe(dir);
});

test.runIf(process.getuid?.() === 0)('refuses a folder that PostgreSQL’s account cannot enter', async () => {
  const closed = join(folder, 'home');
  mkdirSync(closed);
  chmodSync(closed, 0o700);
  await expect(prepareFolder(join(closed, 'lab'))).rejects.toMatchObject({
    shape: { code: 'DR_LAB_DIR_UNUSABLE', field: '--dir' },
  });
});

test('lets one lab at a time have a folder', () => {
  const lock = new FolderLock(folder);
  expect(runningSupervisor(folder)?.pid).toBe(process.pid);
  expect(() => new FolderLock(folder)).toThrow(/as process \d+ since/);
  lock.release();
  new FolderLock(folder).release();
  expect(runningSupervisor(folder)).toBeNull();
});

test('takes the folder over from a supervisor that was killed', () => {
  const dead = { pid: process.pid, startedTicks: '1', startedAt: '2026-01-01T00:00:00.000Z', basePort: 20_000 };
  writeFileSync(join(folder, 'supervisor.json'), JSON.stringify(dead));
  expect(runningSupervisor(folder)).toBeNull();
  const lock = new FolderLock(folder);
  lock.publish(20_100);
  expect(runningSupervisor(folder)).toMatchObject({ pid: process.pid, basePort: 20_100 });
});

test('ends what a killed lab left running, and says what that was', async () => {
  const pid = sleeper();
  new ProcessRecord(folder).add('temporal', pid);
  expect(await endLeftovers(folder)).toEqual([{ name: 'temporal', pid }]);
  expect(isAlive(pid)).toBe(false);
  expect(await endLeftovers(folder)).toEqual([]);
});

test('never touches a later process that got the pid of a leftover', async () => {
  const pid = sleeper();
  const record = new ProcessRecord(folder);
  record.add('temporal', pid);
  const path = join(folder, 'processes.json');
  const [recorded] = JSON.parse(readFileSync(path, 'utf8')) as [{ boot: string }];
  const { startedTicks } = identityOf(pid);
  const entries = [{ pid, name: 'temporal', startedTicks: String(Number(startedTicks) - 1), boot: recorded.boot }];
  writeFileSync(path, JSON.stringify(entries));
  expect(await endLeftovers(folder)).toEqual([]);
  expect(isAlive(pid)).toBe(true);
});

test('touches no PostgreSQL of another folder, whatever a stale lock file says', async () => {
  const pid = sleeper();
  mkdirSync(join(folder, 'database', 'eu-west-1'), { recursive: true });
  writeFileSync(join(folder, 'database', 'eu-west-1', 'postmaster.pid'), `${pid}\n/elsewhere\n`);
  expect(await endLeftovers(folder)).toEqual([]);
  expect(isAlive(pid)).toBe(true);
});
