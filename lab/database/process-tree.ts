import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** First letter of the state as `ps` gives it. */
  readonly state: string;
}

const STOPPED = 'T';
const ENDED = 'Z';
const STOP_DEADLINE_MS = 1_000;

/** A process and its direct children, the ended ones left out. PostgreSQL's children have no children of their own. */
function tree(root: number): readonly ProcessRow[] {
  return processTable().filter(({ pid, parent, state }) => (pid === root || parent === root) && state !== ENDED);
}

/**
 * Stops a process and all its children in one act. The parent first and seen stopped, or it could still make a child
 * that is missed. Synchronous, so that the caller's next line finds nothing moving.
 */
export function stopTree(root: number): void {
  const deadline = performance.now() + STOP_DEADLINE_MS;
  for (;;) {
    const rows = tree(root);
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

/** Lets a stopped tree go on, children first: their parent may ask them something at once. */
export function continueTree(root: number): void {
  for (const { pid } of [...tree(root)].sort((a, b) => Number(a.pid === root) - Number(b.pid === root))) {
    send(pid, 'SIGCONT');
  }
}

/** Kills a process and all its children in one act, stopped or not. */
export function killTree(root: number): void {
  try {
    stopTree(root);
  } finally {
    for (const { pid } of tree(root)) send(pid, 'SIGKILL');
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const processTable = (): readonly ProcessRow[] => (process.platform === 'linux' ? fromProc() : fromPs());

function fromProc(): readonly ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command, in parentheses, may itself hold spaces and parentheses.
      const [state, parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
      rows.push({ pid: Number(name), parent: Number(parent), state: state! });
    } catch {
      // It ended while we looked.
    }
  }
  return rows;
}

function fromPs(): readonly ProcessRow[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state: state!.charAt(0) };
    });
}
