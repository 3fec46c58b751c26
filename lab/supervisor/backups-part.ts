import { DatabaseBackups } from '../backup/database-backups.ts';
import type { GlobalDatabase } from '../database/global-database.ts';
import type { LabContext } from './lab-context.ts';

/** Backups of the running database: the first base backup is made in the background, so nobody waits for it. */
export function startBackups({ at, durations, say }: LabContext, database: GlobalDatabase): Promise<DatabaseBackups> {
  return DatabaseBackups.create({ database, dir: at.backups, durations: () => durations, log: say, logDir: at.logs });
}
