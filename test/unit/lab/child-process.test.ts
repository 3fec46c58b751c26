import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChildProcess, EXIT_WITH_PARENT } from '../../../lab/parts/child-process.ts';
import { descendantsOf, isAlive } from '../../../lab/parts/process-tree.ts';
import { waitUntil } from '../../../lab/parts/wait-until.ts';

/** For what comes at once unless the machine stands still for seconds. */
const WAIT_MS = 20_000;

let folder: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'child-process-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill();
    await child.exited;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function start(command: string, args: readonly string[], channel = false): Promise<ChildProcess> {
  const log = join(folder, 'part.log');
  const child = await ChildProcess.start({ name: 'part', place: 'eu-west-1', command, args, log, channel });
  started.push(child);
  return child;
}

test('keeps what a part prints in its log and tells how it ended', async () => {
  const child = await start('sh', ['-c', 'echo said; exit 7']);
  expect(await child.exited).toMatchObject({ code: 7, signal: null, asked: false });
  expect(readFileSync(child.log, 'utf8')).toBe('said\n');
});

test('refuses a command that is not there', async () => {
  await expect(start(join(folder, 'absent'), [])).rejects.toThrow('ENOENT');
});

test('tells the last lines of the log when a part ends instead of becoming ready', async () => {
  const child = await start('sh', ['-c', 'echo no disk; exit 1']);
  await expect(child.until('it answers', () => false, WAIT_MS)).rejects.toThrow(/exit code 1[\s\S]*no disk/);
});

test('kills a part that does not obey, and what it started, at the deadline', async () => {
  const child = await start('sh', ['-c', 'trap "" TERM; sleep 100 & while :; do sleep 0.05; done']);
  await waitUntil('it has children', () => descendantsOf(child.pid).length > 0, { timeoutMs: WAIT_MS });
  const below = descendantsOf(child.pid);
  await child.stop(150);
  expect(child.exit).toMatchObject({ signal: 'SIGKILL', asked: true });
  await waitUntil('its children are gone', () => !below.some(isAlive), { timeoutMs: WAIT_MS });
});

test('ends the children of a part that obeys and leaves them behind', async () => {
  const child = await start('sh', ['-c', 'trap "exit 0" TERM; sleep 100 & while :; do sleep 0.05; done']);
  await waitUntil('it has children', () => descendantsOf(child.pid).length > 0, { timeoutMs: WAIT_MS });
  const below = descendantsOf(child.pid);
  await child.stop(WAIT_MS);
  expect(child.exit?.signal).toBeNull();
  await waitUntil('its children are gone', () => !below.some(isAlive), { timeoutMs: WAIT_MS });
});

test('freezes a part with everything below it, and lets it go on', async () => {
  const ticks = join(folder, 'ticks');
  const child = await start('sh', ['-c', `(while :; do echo x >> ${ticks}; sleep 0.02; done) & wait`]);
  const count = () => readFileSync(ticks, 'utf8').length;
  await waitUntil('it ticks', () => count() > 2, { timeoutMs: WAIT_MS });
  await child.freeze();
  expect(child.frozen).toBe(true);
  const before = count();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(count()).toBe(before);
  await child.thaw();
  await waitUntil('it ticks again', () => count() > before, { timeoutMs: WAIT_MS });
  expect(child.frozen).toBe(false);
});

test('a Node part dies with a parent that was killed with -9', async () => {
  const child = `const c = require('node:child_process').spawn(process.execPath,
    [${JSON.stringify(EXIT_WITH_PARENT)}, '-e', 'setInterval(() => {}, 1000); console.log("ready")'],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true }); console.log(c.pid); setInterval(() => {}, 1000);`;
  const parent = await start(process.execPath, ['-e', child]);
  const told = () => /^\d+$/m.exec(parent.tail(5))?.[0];
  // Each of the two may be the first to say its line.
  const runs = () => told() !== undefined && parent.tail(5).includes('ready');
  await waitUntil('the child runs', runs, { timeoutMs: WAIT_MS });
  const pid = Number(told());
  expect(isAlive(pid)).toBe(true);
  process.kill(parent.pid, 'SIGKILL');
  await waitUntil('the child is gone', () => !isAlive(pid), { timeoutMs: WAIT_MS });
});

test('gives a part none of the shell’s credentials or proxies', async () => {
  process.env['AWS_PROFILE'] = 'production';
  process.env['PGPASSWORD'] = 'secret';
  try {
    const child = await start('sh', ['-c', 'echo "[$AWS_PROFILE$PGPASSWORD]"']);
    await child.exited;
    expect(child.tail(1)).toBe('[]');
  } finally {
    delete process.env['AWS_PROFILE'];
    delete process.env['PGPASSWORD'];
  }
});
