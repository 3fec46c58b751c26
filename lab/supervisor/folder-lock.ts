import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LifeboatError } from '../../domain/errors.ts';
import { identityOf, isStill, type ProcessIdentity } from '../parts/process-tree.ts';

/** Who runs the lab of a folder. */
export interface SupervisorRecord extends ProcessIdentity {
  readonly startedAt: string;
  /** `null` until its ports are claimed. */
  readonly basePort: number | null;
}

const pathIn = (dir: string): string => join(dir, 'supervisor.json');

/** The supervisor that runs in the folder, or `null`: one that was killed does not count. */
export function runningSupervisor(dir: string): SupervisorRecord | null {
  const record = readRecord(pathIn(dir));
  return record && isStill(record) ? record : null;
}

function readRecord(path: string): SupervisorRecord | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SupervisorRecord;
  } catch {
    return null;
  }
}

/** Makes the folder this process's, for as long as it lives. Throws `DR_LAB_RUNNING` when another one has it. */
export class FolderLock {
  readonly #path: string;
  #record: SupervisorRecord;

  constructor(dir: string) {
    this.#path = pathIn(dir);
    this.#record = { ...identityOf(process.pid), startedAt: new Date().toISOString(), basePort: null };
    const mine = `${this.#path}.${process.pid}`;
    writeFileSync(mine, JSON.stringify(this.#record));
    try {
      // A link is made whole or not at all, so of two that start at once one has the folder.
      for (let tries = 0; !this.#link(mine); tries += 1) {
        const holder = runningSupervisor(dir);
        if (holder || tries > 3) throw running(dir, holder);
        this.#moveAway();
      }
    } finally {
      rmSync(mine, { force: true });
    }
  }

  publish(basePort: number): void {
    this.#record = { ...this.#record, basePort };
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#record));
    renameSync(`${this.#path}.new`, this.#path);
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }

  #link(mine: string): boolean {
    try {
      linkSync(mine, this.#path);
      return true;
    } catch (caught) {
      if ((caught as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw caught;
    }
  }

  /** Takes a dead one's record away, unless a living one took its place a moment ago. */
  #moveAway(): void {
    const aside = `${this.#path}.${process.pid}.old`;
    try {
      renameSync(this.#path, aside);
    } catch {
      return;
    }
    const moved = readRecord(aside);
    if (moved && isStill(moved)) renameSync(aside, this.#path);
    else rmSync(aside, { force: true });
  }
}

const running = (dir: string, holder: SupervisorRecord | null): LifeboatError =>
  new LifeboatError(
    'DR_LAB_RUNNING',
    `A lab runs in ${dir} already${holder ? `, as process ${holder.pid} since ${holder.startedAt}` : ''}.`,
    { field: '--dir', expected: 'a folder without a running lab', actual: dir },
  );
