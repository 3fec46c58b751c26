import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What could not be written is kept for so many lines. */
const MOST_PENDING = 100_000;
const NEWLINE = 0x0a;

/**
 * Appends JSON lines. Each is handed to the system before `append` returns, so a killed process loses none; not synced to
 * disk, so a power cut may. When the disk is full, lines wait in memory and go out with the next that can.
 */
export class LineJournal<Line> {
  readonly #file: number;
  readonly #failed: (error: Error, pending: number) => void;
  #pending: Buffer[] = [];

  /** @param failed told about each write that failed. */
  constructor(path: string, failed: (error: Error, pending: number) => void) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a+');
    this.#failed = failed;
    // A line cut short by an earlier end stays one: the next begins on its own.
    if (endsWithin(this.#file)) this.#pending.push(Buffer.from('\n'));
  }

  append(line: Line): void {
    this.#pending.push(Buffer.from(`${JSON.stringify(line)}\n`));
    if (this.#pending.length > MOST_PENDING) this.#pending.shift();
    this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    try {
      while (this.#pending.length > 0) {
        const first = this.#pending[0]!;
        const written = writeSync(this.#file, first);
        if (written === first.length) this.#pending.shift();
        else this.#pending[0] = first.subarray(written);
      }
    } catch (caught) {
      this.#failed(caught as Error, this.#pending.length);
    }
  }
}

/** Whether a file ends in the middle of a line. */
function endsWithin(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== NEWLINE;
}
