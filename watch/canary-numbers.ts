import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers taken at once: one file and one fsync for so many canaries. */
const BLOCK = 1_000;
const RESERVED = /^\d{12}$/;

/**
 * Numbers of canaries: ascending, and never used twice, also not after a kill with canaries in flight that no journal tells of.
 * A block is reserved on disk before its first number is used: the file's name is the block's last number, created
 * exclusively, so that two processes of one vantage by mistake do not share any.
 */
export class CanaryNumbers {
  readonly #folder: string;
  #next = 1;
  #last = 0;

  /** @param newestKnown highest number the journal tells of; 0 when it tells of none. */
  constructor(folder: string, vantage: string, newestKnown: number) {
    this.#folder = join(folder, `${vantage}.numbers`);
    mkdirSync(this.#folder, { recursive: true });
    this.#last = newestKnown;
    this.#next = newestKnown + 1;
  }

  next(): number {
    if (this.#next > this.#last) this.#reserve();
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  #reserve(): void {
    const reserved = readdirSync(this.#folder)
      .filter((name) => RESERVED.test(name))
      .sort();
    const newest = Math.max(this.#last, Number(reserved.at(-1) ?? 0));
    const last = this.#create(newest);
    // Lower ones say nothing any more; the newest before ours stays, in case another process is about to read it.
    for (const name of reserved.slice(0, -1)) unlinkSync(join(this.#folder, name));
    this.#next = last - BLOCK + 1;
    this.#last = last;
  }

  #create(newest: number): number {
    for (let last = newest + BLOCK; ; last += BLOCK) {
      try {
        closeSync(openSync(join(this.#folder, String(last).padStart(12, '0')), 'wx'));
      } catch (caught) {
        if ((caught as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw caught;
      }
      const folder = openSync(this.#folder, 'r');
      fsyncSync(folder);
      closeSync(folder);
      return last;
    }
  }
}
