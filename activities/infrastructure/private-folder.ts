import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^lifeboat-plan-(\d+)-/;
/** What a worker that was killed left behind is removed once it is this old. */
const LEFT_BEHIND_MS = 3_600_000;

const standing = new Set<string>();
let removesAtExit = false;

/** A folder that only this user can read, for plan files and variables: both hold secrets. */
export async function makePrivateFolder(): Promise<string> {
  await removeLeftBehind();
  if (!removesAtExit) {
    removesAtExit = true;
    process.once('exit', () => {
      for (const folder of standing) rmSync(folder, { recursive: true, force: true });
    });
  }
  const folder = await mkdtemp(join(tmpdir(), `lifeboat-plan-${process.pid}-`));
  standing.add(folder);
  return folder;
}

export async function removePrivateFolder(folder: string): Promise<void> {
  standing.delete(folder);
  await rm(folder, { recursive: true, force: true });
}

async function removeLeftBehind(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => null);
    if (!found || found.uid !== process.getuid?.() || Date.now() - found.mtimeMs < LEFT_BEHIND_MS) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (caught) {
    return (caught as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
