import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { LeaseGrant, LeaseStore } from '../../../lease/lease-store.ts';
import { LeaseParticipant, type ParticipantOptions } from '../../../lease/participant.ts';
import { leaseFolder, NEW, OLD, until, untilAsync } from './lease-folder.ts';
import { leaveOutStalls } from './steady-clock.ts';

const TTL_MS = 800;
/** How late a busy machine may look at what it waits for. */
const SLACK_MS = 400;
/** A process begins by compiling its sources, which on a busy machine takes many seconds. */
const START_MS = 60_000;

beforeEach(leaveOutStalls);

function participant(store: LeaseStore, options: Partial<ParticipantOptions> = {}): LeaseParticipant {
  const made = new LeaseParticipant({
    store,
    id: 'pod-1',
    region: OLD,
    rechecks: true,
    boundsTransactions: true,
    ...options,
  });
  onTestFinished(() => made.stop());
  return made;
}

/** Starting does not wait for a store that is slow to answer; these tests do. */
async function holding(mine: LeaseParticipant): Promise<void> {
  await mine.start();
  await until('it holds the lease', () => mine.holds());
}

/** The same store, read in another way. */
const readingBy = (store: LeaseStore, read: () => Promise<LeaseGrant>): LeaseStore => ({
  read,
  advance: (region, epoch) => store.advance(region, epoch),
  writers: () => store.writers(),
  register: (writer) => store.register(writer),
  withdraw: (id) => store.withdraw(id),
});

interface Belief {
  readonly at: number;
  readonly holds: boolean;
  readonly epoch: number;
}

/** A participant in a process of its own, and every line it printed. */
function participantProcess(folder: string, id: string, region: string) {
  const file = fileURLToPath(new URL('./participant-process.ts', import.meta.url));
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', file, JSON.stringify({ folder, id, region })],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const beliefs: Belief[] = [];
  let rest = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    beliefs.push(...lines.map((line) => JSON.parse(line) as Belief));
  });
  return { child, beliefs };
}

test('holds the lease of its own region, goes on holding it, and lets go when stopped', async () => {
  const { store } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const mine = participant(store);
  const theirs = participant(store, { id: 'pod-2', region: NEW });
  await Promise.all([holding(mine), theirs.start()]);
  await until('the other region has read it', () => theirs.epoch === 1);
  expect([mine.holds(), mine.epoch, theirs.holds()]).toEqual([true, 1, false]);
  expect(mine.millisecondsLeft()).toBeGreaterThan(TTL_MS / 2);
  const interruptions: number[] = [];
  const begun = performance.now();
  while (performance.now() - begun < 2 * TTL_MS) {
    if (!mine.holds()) interruptions.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(interruptions).toEqual([]);
  expect((await store.writers()).map((writer) => writer.id)).toEqual(['pod-1', 'pod-2']);
  const stopped = mine.stop();
  expect(mine.holds()).toBe(false);
  await stopped;
  await untilAsync('it is off the list', async () => {
    const ids = (await store.writers()).map((writer) => writer.id);
    return ids.join() === 'pod-2';
  });
});

test('passes the lease on within one lease time, and never two regions hold it once the wait is over', async () => {
  const { store } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const changes: string[] = [];
  const mine = participant(store, { onChange: (state) => changes.push(`${state.epoch} ${state.holds}`) });
  const theirs = participant(store, { id: 'pod-2', region: NEW });
  await Promise.all([holding(mine), theirs.start()]);
  await until('the old region was told', () => changes.includes('1 true'));
  await store.advance(NEW, 1);
  await until('the new region holds it', () => theirs.holds(), TTL_MS);
  await until('the old region lets go, and is told', () => !mine.holds() && changes.at(-1) === '2 false', TTL_MS);
  expect([mine.epoch, theirs.epoch]).toEqual([2, 2]);
  expect(changes).not.toContain('2 true');
});

test('two processes: one that was frozen past its lease time never believes it holds it when it wakes', {
  timeout: 60_000,
}, async () => {
  const { store, folder } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const old = participantProcess(folder, 'pod-1', OLD);
  const next = participantProcess(folder, 'pod-2', NEW);
  await until('the old region holds it', () => old.beliefs.some((belief) => belief.holds), START_MS);
  await until('the new region has read it', () => next.beliefs.some((belief) => belief.epoch === 1), START_MS);
  old.child.kill('SIGSTOP');
  await store.advance(NEW, 1);
  await until('the new region holds it', () => next.beliefs.some((belief) => belief.holds));
  await new Promise((resolve) => setTimeout(resolve, TTL_MS));
  const woken = Date.now();
  old.child.kill('SIGCONT');
  await until('the woken process has seen the new epoch', () => old.beliefs.at(-1)!.epoch === 2);
  const afterwards = old.beliefs.filter((belief) => belief.at >= woken);
  expect(afterwards.length).toBeGreaterThan(0);
  expect(afterwards.filter((belief) => belief.holds)).toEqual([]);
});

test('a process frozen past its lease time reads the lease again before it writes, even if nobody fenced it', {
  timeout: 60_000,
}, async () => {
  const { store, folder } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const { child, beliefs } = participantProcess(folder, 'pod-1', OLD);
  await until('it holds the lease', () => beliefs.some((belief) => belief.holds), START_MS);
  child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 2 * TTL_MS));
  const woken = Date.now();
  child.kill('SIGCONT');
  await until('it holds the lease again', () => beliefs.some((belief) => belief.at >= woken && belief.holds));
  expect(beliefs.find((belief) => belief.at >= woken)!.holds).toBe(false);
});

test('stops within its lease time when the store is lost, and goes on when it is back', async () => {
  const { store, mounted, unmount, remount } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const mine = participant(mounted);
  await holding(mine);
  const lost = performance.now();
  unmount();
  await until('it lets go', () => !mine.holds());
  expect(performance.now() - lost).toBeLessThan(TTL_MS + SLACK_MS);
  await until('it says why', () => mine.storeLost?.includes('lease folder') === true);
  remount();
  await until('it holds it again', () => mine.holds() && mine.storeLost === null);
});

test('goes on for the grace period it declared when the store is lost, and no longer', async () => {
  const { store, mounted, unmount } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const mine = participant(mounted, { whenStoreLost: { graceMs: 1_600 } });
  await holding(mine);
  expect((await store.writers())[0]).toMatchObject({ id: 'pod-1', graceMs: 1_600 });
  const listedAt = (await store.writers())[0]!.renewedAt;
  await untilAsync('it has read the lease again since it was listed', async () => {
    const [writer] = await store.writers();
    return writer!.renewedAt !== listedAt;
  });
  const lost = performance.now();
  unmount();
  await until('it lets go', () => !mine.holds());
  const held = performance.now() - lost;
  // What it had read last was up to a renewal old.
  expect(held).toBeGreaterThan(TTL_MS + 800);
  expect(held).toBeLessThan(TTL_MS + 1_600 + SLACK_MS);
});

test('gives no grace to a writer that no fence can have seen yet', async () => {
  const { store, mounted, unmount } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const mine = participant(mounted, { whenStoreLost: { graceMs: 60_000 } });
  await holding(mine);
  unmount();
  await until('it lets go', () => !mine.holds(), TTL_MS + SLACK_MS);
});

test('gives no grace under an epoch that was advanced', async () => {
  const { store, mounted, unmount } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  const mine = participant(mounted, { whenStoreLost: { graceMs: 60_000 } });
  await holding(mine);
  await store.advance(NEW, 1);
  await until('it has seen the new epoch', () => mine.epoch === 2);
  unmount();
  await until('it knows the store is lost', () => mine.storeLost !== null);
  expect(mine.holds()).toBe(false);
});

test('counts a slow read from before it began, and keeps only one waiting on a store that hangs', async () => {
  const { store } = leaseFolder(TTL_MS);
  await store.advance(OLD, 0);
  let reads = 0;
  let answer: () => void = () => undefined;
  const hanging = readingBy(store, async () => {
    reads += 1;
    if (reads > 1) await new Promise<void>((resolve) => (answer = resolve));
    return store.read();
  });
  const mine = participant(hanging);
  await holding(mine);
  await until('it lets go', () => !mine.holds());
  await until('it says why', () => mine.storeLost?.includes('did not answer within') === true);
  await new Promise((resolve) => setTimeout(resolve, TTL_MS));
  expect(reads).toBe(2);
  answer();
  // The next read begins when the late answer has been dealt with.
  await until('it reads again', () => reads === 3);
  expect(mine.holds()).toBe(false);
  answer();
  await until('the next read renews it', () => mine.holds());
});

test('does not follow a store that goes back to an older epoch', async () => {
  const { store } = leaseFolder(TTL_MS);
  const first = await store.advance(OLD, 0);
  await store.advance(NEW, 1);
  let behind = false;
  const mine = participant(readingBy(store, async () => (behind ? first : store.read())));
  await mine.start();
  await until('it has read the newer epoch', () => mine.epoch === 2);
  behind = true;
  await until('it noticed', () => mine.storeLost?.includes('must not go back') === true);
  expect(mine.holds()).toBe(false);
});
