import { readControlFile } from './control-file.ts';
import type { Instance } from './instance.ts';
import { promote, replayedPast } from './replication.ts';

/** A delayed stream is waited for: the old writer ends only when its standby has confirmed everything. */
const SHUT_DOWN_DEADLINE_MS = 60_000;
const CATCH_UP_DEADLINE_MS = 30_000;

/**
 * Takes the writer's role over without losing a row: the old writer shuts down, and only when its last record, the
 * shutdown checkpoint, is applied on the other side is that promoted. Histories then agree, so the old one can follow
 * without being rewound. When that does not work out the old writer writes again.
 */
export async function switchOver(old: Instance, next: Instance): Promise<void> {
  try {
    await old.shutDown(SHUT_DOWN_DEADLINE_MS);
    const { shutDown, checkpoint } = await readControlFile(old.dataDirectory);
    if (!shutDown)
      throw new Error(`${old.name} did not shut down in order, so it is not known to be complete elsewhere`);
    await replayedPast(next, checkpoint, CATCH_UP_DEADLINE_MS);
  } catch (error) {
    if (!old.killed) {
      await old.stop();
      await old.start();
    }
    throw error;
  }
  await promote(next);
}
