import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Endpoint } from '../topology.ts';
import type { Binaries } from './binaries.ts';
import { copyFolder } from './copy-folder.ts';
import { Instance } from './instance.ts';
import { promote } from './replication.ts';
import { copySettings } from './settings.ts';

/**
 * Copies a data directory as it is at one instant, as a power cut would leave it: a running server is stopped where it
 * stands while its files are copied, a frozen one stays frozen. Clients see that as a pause; it was not measured alone
 * (the whole of `openCopy` took 1 to 2 s on a loaded machine). The copy recovers as after a crash, so it shows every
 * committed row, whatever state the server is in.
 */
export async function copyAtOneInstant(instance: Instance, to: string): Promise<void> {
  const pauses = instance.alive && !instance.frozen;
  if (pauses) instance.freeze();
  try {
    await copyFolder(instance.dataDirectory, to);
  } finally {
    if (pauses) instance.thaw();
  }
  for (const file of ['postmaster.pid', 'postmaster.opts']) await rm(path.join(to, file), { force: true });
}

/** Opens a copy of a server apart from it, writable and following nobody, to read what it held. */
export async function openCopiedInstance(options: {
  readonly of: Instance;
  readonly binaries: Binaries;
  readonly folder: string;
  readonly listen: Endpoint;
  readonly log: string;
}): Promise<{ readonly endpoint: Endpoint; close(): Promise<void> }> {
  const { of, binaries, folder, listen, log } = options;
  const copy = new Instance({
    name: `copy of ${of.name}`,
    binaries,
    dataDirectory: folder,
    listen,
    settings: copySettings(listen),
    log,
  });
  const close = async (): Promise<void> => {
    await copy.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await copyAtOneInstant(of, folder);
    // Only as a standby does it follow every timeline it has: a crash recovery would end, without a word, on the one of
    // its last restart point. Its promotion first replays all the log there is.
    copy.setStandby(true);
    await copy.start();
    await promote(copy);
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint: listen, close };
}
