import { readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { killServer } from '../parts/process-tree.ts';

/** Removes the data directory of a lab that was killed, and its server, if that still runs on it. */
export async function removeLeftover(dataDirectory: string): Promise<void> {
  const lock = await readFile(path.join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(lock.split('\n')[0]);
  // A server stands in its data directory; a number alone may by now be somebody else's.
  const standsIn = pid > 0 ? await readlink(`/proc/${pid}/cwd`).catch(() => null) : null;
  if (standsIn !== null && standsIn === path.resolve(dataDirectory)) killServer(pid);
  await rm(dataDirectory, { recursive: true, force: true });
}
