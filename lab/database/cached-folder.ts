import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * A folder that is made once and then kept. It is built aside and renamed into place, so that of two labs that start at
 * once each finds it whole or not at all; what a killed build left is removed by a later one.
 */
export async function cachedFolder(folder: string, build: (aside: string) => Promise<void>): Promise<string> {
  if (await exists(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  await removeAbandoned(folder);
  const aside = `${folder}.building-${randomUUID()}`;
  try {
    await build(aside);
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // Another lab was faster: its folder is as good.
    if (!(await exists(folder))) throw error;
  }
  return folder;
}

async function removeAbandoned(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${path.basename(folder)}.building-`)) continue;
    const leftover = path.join(parent, name);
    const ageMs = Date.now() - (await stat(leftover).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (ageMs > ABANDONED_AFTER_MS) await rm(leftover, { recursive: true, force: true });
  }
}

const exists = (folder: string): Promise<boolean> =>
  access(folder).then(
    () => true,
    () => false,
  );
