import { randomUUID } from 'node:crypto';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';

/**
 * Creates a file with its whole content or not at all, and never over another: temporary file, fsync, `link()`, fsync of
 * the folder. What it returned `true` for survives a power cut.
 * @param pending folder for temporary files, on the same file system.
 * @returns `false` when the name is taken.
 * @throws LifeboatError DR_LEDGER_UNWRITABLE
 */
export async function createDurably(path: string, bytes: Uint8Array, pending: string): Promise<boolean> {
  const temporary = join(pending, randomUUID());
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    const created = await link(temporary, path).then(
      () => true,
      (caught: NodeJS.ErrnoException) => {
        if (caught.code === 'EEXIST') return false;
        throw caught;
      },
    );
    if (created) await syncFolder(dirname(path));
    return created;
  } catch (caught) {
    throw unwritable(path, caught);
  } finally {
    await unlink(temporary).catch(() => {});
  }
}

/** Writes a few bytes durably into the folder and takes them away again. Throws what writing throws. */
export async function tryDurably(folder: string): Promise<void> {
  const temporary = join(folder, randomUUID());
  const file = await open(temporary, 'wx', 0o644);
  try {
    await file.writeFile('can this be written?');
    await file.sync();
  } finally {
    await file.close();
    await unlink(temporary).catch(() => {});
  }
}

/** Makes a folder, with its parents, so that a file in it is found again after a power cut. */
export async function makeFolder(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let folder = path; folder.length >= first.length; folder = dirname(folder)) await syncFolder(dirname(folder));
  } catch (caught) {
    throw unwritable(path, caught);
  }
}

/** Makes a folder whose parent must be there. */
export async function makeSubfolder(path: string): Promise<void> {
  try {
    await mkdir(path);
    await syncFolder(dirname(path));
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(path, caught);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function unwritable(path: string, caught: unknown): LifeboatError {
  if (caught instanceof LifeboatError) return caught;
  const { code, message } = caught as NodeJS.ErrnoException;
  return new LifeboatError('DR_LEDGER_UNWRITABLE', `the evidence store cannot write '${path}' (${code ?? message})`, {
    field: 'control.evidence',
    actual: path,
    expected: 'a folder this process may write to, on a file system with hard links',
  });
}
