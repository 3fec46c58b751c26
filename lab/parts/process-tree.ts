import { readdirSync, readFileSync } from 'node:fs';

/** What identifies a process for as long as the machine runs: a pid alone is reused. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot, from /proc; empty where there is no /proc. */
  readonly startedTicks: string;
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly startedTicks: string;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses and may hold anything, so fields are counted after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), startedTicks: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** Whether something runs under that pid; a zombie, dead but not yet collected, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (caught) {
    return (caught as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statOf(pid)?.state !== 'Z';
}

/** Stopped by SIGSTOP or SIGTSTP: alive, holding its sockets, doing nothing. */
export const isStopped = (pid: number): boolean => statOf(pid)?.state === 'T';

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedTicks: statOf(pid)?.startedTicks ?? '' };
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

/** Every pid below those given, parents before their children. Empty where there is no /proc. */
export function descendantsOf(...pids: readonly number[]): readonly number[] {
  const children = new Map<number, number[]>();
  for (const entry of processes()) {
    const stat = statOf(entry);
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), entry]);
  }
  const found: number[] = [];
  const waiting = [...pids];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    waiting.push(...below);
  }
  return found;
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/**
 * Sends a signal to processes and everything below them, after one look at the process table, and returns the pids it
 * reached. Parents come first, so that none sees its child go and starts another.
 */
export function signalTrees(pids: readonly number[], signal: NodeJS.Signals): readonly number[] {
  return [...pids, ...descendantsOf(...pids)].filter((each) => {
    try {
      process.kill(each, signal);
      return true;
    } catch {
      return false;
    }
  });
}
