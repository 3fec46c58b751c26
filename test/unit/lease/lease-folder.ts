import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FolderLeaseStore } from '../../../lease/participant.ts';

export const OLD = 'eu-west-1';
export const NEW = 'eu-west-3';

/** A lease folder seen through a mount that can be taken away and given back; removed when the test ends. */
export function leaseFolder(ttlMs: number) {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-lease-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const folder = join(root, 'store');
  const mount = join(root, 'mount');
  mkdirSync(folder);
  symlinkSync(folder, mount);
  return {
    folder,
    store: new FolderLeaseStore({ folder, ttlMs }),
    mounted: new FolderLeaseStore({ folder: mount, ttlMs }),
    unmount: () => rmSync(mount),
    remount: () => symlinkSync(folder, mount),
  };
}

/** Resolves when the condition holds; fails after the limit, naming what was waited for. */
export const until = (what: string, condition: () => boolean, limitMs = 20_000): Promise<void> =>
  untilAsync(what, async () => condition(), limitMs);

export async function untilAsync(what: string, condition: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
