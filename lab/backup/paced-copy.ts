import { mkdir, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { giveToPostgres } from '../database/account.ts';

const CHUNK_BYTES = 128 * 1024;

interface Pace {
  readonly bytesPerSecond: number;
  /** Told whole numbers from 0 to 100, each once. */
  onProgress(percent: number): void;
  readonly signal: AbortSignal;
}

/** Copies a folder as a slow line would. What it made stays when it fails: the caller removes it. */
export async function copyPaced(from: string, to: string, pace: Pace): Promise<void> {
  const budget = new Budget(await sizeOf(from), pace);
  await copyFolder(from, to, budget);
  budget.finish();
}

/** Bytes in all files of a folder. */
export async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    bytes += entry.isDirectory() ? await sizeOf(file) : (await stat(file)).size;
  }
  return bytes;
}

/** How many bytes may have passed by now. */
class Budget {
  readonly #totalBytes: number;
  readonly #pace: Pace;
  readonly #begun = performance.now();
  #passedBytes = 0;
  #told = -1;

  constructor(totalBytes: number, pace: Pace) {
    this.#totalBytes = totalBytes;
    this.#pace = pace;
    this.#tell(0);
  }

  /** Waits until so many more bytes may pass. Throws when the copy is aborted. */
  async spend(bytes: number): Promise<void> {
    this.#passedBytes += bytes;
    const dueAt = this.#begun + (this.#passedBytes / this.#pace.bytesPerSecond) * 1_000;
    const { signal } = this.#pace;
    if (dueAt > performance.now()) await pause(dueAt - performance.now(), undefined, { signal });
    signal.throwIfAborted();
    // 100 is for the end.
    this.#tell(Math.min(99, Math.floor((100 * this.#passedBytes) / Math.max(1, this.#totalBytes))));
  }

  finish(): void {
    this.#tell(100);
  }

  #tell(percent: number): void {
    if (percent <= this.#told) return;
    this.#told = percent;
    this.#pace.onProgress(percent);
  }
}

async function copyFolder(from: string, to: string, budget: Budget): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await giveToPostgres(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) await copyFolder(source, target, budget);
    else await copyFile(source, target, budget);
  }
}

async function copyFile(from: string, to: string, budget: Budget): Promise<void> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES);
        if (bytesRead === 0) break;
        await budget.spend(bytesRead);
        await target.write(chunk, 0, bytesRead);
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  await giveToPostgres(to);
}
