import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** First letter of the state as `ps` gives it: `T` stopped, `Z` ended and not yet collected. */
  readonly state: string;
  /** Start time in clock ticks since boot, from /proc; empty where there is no /proc. */
  readonly startedTicks: string;
}

/** Every process of the machine, as it is now. */
export const processTable = (): readonly ProcessRow[] => (process.platform === 'linux' ? fromProc() : fromPs());

/** One process; `null` when there is none of that number, or no /proc to ask. */
export function processRow(pid: number): ProcessRow | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses and may hold anything, so fields are counted after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(fields[1]), state: fields[0] ?? '', startedTicks: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function fromProc(): readonly ProcessRow[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  // One that ended while we looked has no row.
  return pids.map((pid) => processRow(Number(pid))).filter((row) => row !== null);
}

function fromPs(): readonly ProcessRow[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state: state!.charAt(0), startedTicks: '' };
    });
}
