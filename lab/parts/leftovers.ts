import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLineOf, identityOf, isAlive, isStill, type ProcessIdentity, signalTrees } from './process-tree.ts';
import { runCommand } from './run-command.ts';
import { waitUntil } from './wait-until.ts';

interface Recorded extends ProcessIdentity {
  readonly name: string;
  readonly boot: string;
}

/** Differs after every start of the machine; pids and start times of an earlier one mean nothing. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** The processes of a lab, on disk, so that the next lab in the folder can end what a killed one left behind. */
export class ProcessRecord {
  readonly #path: string;
  #entries: readonly Recorded[] = [];

  constructor(dir: string) {
    this.#path = join(dir, 'processes.json');
  }

  add(name: string, pid: number): void {
    this.#write([...this.#entries, { ...identityOf(pid), name, boot: bootId() }]);
  }

  remove(pid: number): void {
    this.#write(this.#entries.filter((entry) => entry.pid !== pid));
  }

  #write(entries: readonly Recorded[]): void {
    this.#entries = entries;
    writeFileSync(`${this.#path}.new`, JSON.stringify(entries));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

export interface Leftover {
  readonly name: string;
  readonly pid: number;
}

interface Found extends Leftover {
  /** System V shared memory that outlives it. */
  readonly segment?: string;
}

/**
 * Ends what a killed lab left running in its folder, with everything below it, and says what that was. Only processes
 * are touched that are provably those: the recorded start time fits, or it is a PostgreSQL server whose command line names the folder.
 */
export async function endLeftovers(dir: string): Promise<readonly Leftover[]> {
  const found: readonly Found[] = [...recorded(dir), ...databases(dir)];
  const alive = found.filter((each, index) => found.findIndex((other) => other.pid === each.pid) === index);
  const segments = alive.flatMap(({ segment }) => (segment ? [segment] : []));
  const reached = signalTrees(
    alive.map(({ pid }) => pid),
    'SIGKILL',
  );
  await waitUntil(`leftovers of ${dir} have ended`, () => !reached.some(isAlive), { timeoutMs: 5_000 });
  // A killed PostgreSQL leaves a System V segment, of which a machine has only so many.
  for (const id of segments) await runCommand('ipcrm', ['-m', id], { deadlineMs: 2_000 });
  rmSync(join(dir, 'processes.json'), { force: true });
  return alive.map(({ name, pid }) => ({ name, pid }));
}

function recorded(dir: string): readonly Found[] {
  try {
    const entries = JSON.parse(readFileSync(join(dir, 'processes.json'), 'utf8')) as readonly Recorded[];
    return entries.filter((entry) => entry.boot === bootId() && isStill(entry));
  } catch {
    return [];
  }
}

/** PostgreSQL keeps its own record in the data directory: pid on the first line, shared memory on the seventh. */
function databases(dir: string): readonly Found[] {
  return readNames(dir)
    .filter((name) => name.endsWith('postmaster.pid'))
    .map((name) => {
      const lines = readFileSync(join(dir, name), 'utf8').split('\n');
      const segment = lines[6]?.trim().split(/\s+/)[1];
      return { name: 'postgres', pid: Number(lines[0]), ...(segment ? { segment } : {}) };
    })
    .filter(({ pid }) => pid > 1 && isAlive(pid) && commandLineOf(pid).includes(dir));
}

function readNames(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
