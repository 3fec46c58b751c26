import { readFileSync } from 'node:fs';
import { type ProcessRow, processRow, processTable } from './process-table.ts';

/** What identifies a process for as long as the machine runs: a pid alone is reused. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot, from /proc; empty where there is no /proc. */
  readonly startedTicks: string;
}

const STOPPED = 'T';
const ENDED = 'Z';
const STOP_DEADLINE_MS = 1_000;

/** Whether something runs under that pid; a zombie, dead but not yet collected, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (caught) {
    return (caught as NodeJS.ErrnoException).code === 'EPERM';
  }
  return processRow(pid)?.state !== ENDED;
}

/** Stopped by SIGSTOP or SIGTSTP: alive, holding its sockets, doing nothing. */
export const isStopped = (pid: number): boolean => processRow(pid)?.state === STOPPED;

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedTicks: processRow(pid)?.startedTicks ?? '' };
}

/** Whether that very process, not a later one with its number, still runs. */
export function isStill(identity: ProcessIdentity): boolean {
  return isAlive(identity.pid) && identityOf(identity.pid).startedTicks === identity.startedTicks;
}

export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Every pid below those given, parents before their children. */
export function descendantsOf(...pids: readonly number[]): readonly number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of processTable()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found: number[] = [];
  const waiting = [...pids];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    waiting.push(...below);
  }
  return found;
}

/**
 * Sends a signal to processes and everything below them, after one look at the process table, and returns the pids it
 * reached. Parents come first, so that none sees its child go and starts another.
 */
export function signalTrees(pids: readonly number[], signal: NodeJS.Signals): readonly number[] {
  return [...pids, ...descendantsOf(...pids)].filter((each) => {
    try {
      return send(each, signal);
    } catch {
      return false;
    }
  });
}

/** A process and its direct children, the ended ones left out: all there is of a PostgreSQL server. */
function server(root: number): readonly ProcessRow[] {
  return processTable().filter(({ pid, parent, state }) => (pid === root || parent === root) && state !== ENDED);
}

/**
 * Stops a process and its children in one act. The parent first and seen stopped, or it could still make a child that
 * is missed. Synchronous, so that the caller's next line finds nothing moving.
 */
export function stopServer(root: number): void {
  const deadline = performance.now() + STOP_DEADLINE_MS;
  for (;;) {
    const rows = server(root);
    const parent = rows.find(({ pid }) => pid === root);
    if (!parent) return;
    const moving = (parent.state === STOPPED ? rows : [parent]).filter(({ state }) => state !== STOPPED);
    if (moving.length === 0) return;
    for (const { pid } of moving) send(pid, 'SIGSTOP');
    if (performance.now() > deadline) {
      const pids = moving.map(({ pid }) => pid).join(', ');
      throw new Error(`processes ${pids} did not stop within ${STOP_DEADLINE_MS} ms of SIGSTOP`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}

/** Lets a stopped one go on, children first: their parent may ask them something at once. */
export function continueServer(root: number): void {
  for (const { pid } of [...server(root)].sort((a, b) => Number(a.pid === root) - Number(b.pid === root))) {
    send(pid, 'SIGCONT');
  }
}

/** Kills a process and its children in one act, stopped or not. */
export function killServer(root: number): void {
  try {
    stopServer(root);
  } finally {
    for (const { pid } of server(root)) send(pid, 'SIGKILL');
  }
}

/** Whether there was anybody to take it. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code !== 'ESRCH') throw caught;
    return false;
  }
}
