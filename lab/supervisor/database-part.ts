import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOOKING_SCHEMA_SQL } from '../booking/schema.ts';
import { requireReachable } from '../database/account.ts';
import { GlobalDatabase } from '../database/global-database.ts';
import { PROTECTED, REGIONS, type Region } from '../topology.ts';
import { PROBE_SCHEMA_SQL } from './configuration-file.ts';
import { address, type LabContext } from './lab-context.ts';
import type { Part } from './part.ts';
import type { Settings } from './settings.ts';

/** Where a database of the service's own runs, before anything is restored. */
export const regionsWithDatabase = ({ standby }: Pick<Settings, 'standby'>): readonly Region[] =>
  standby ? REGIONS : [PROTECTED];

/** PostgreSQL in both regions, replicating, with the service's tables. */
export async function startDatabase(lab: LabContext): Promise<GlobalDatabase> {
  const { at, network, endpoints, say, parts, settings } = lab;
  const database = await GlobalDatabase.create({
    dir: at.database,
    cacheDir: await readableCache(settings.cacheDir),
    network,
    endpoints,
    schemaSql: `${BOOKING_SCHEMA_SQL}\n${PROBE_SCHEMA_SQL}`,
    log: say,
    logDir: at.logs,
    standby: settings.standby,
    archive: { dir: at.archive, timeoutSeconds: Math.max(1, Math.round(lab.durations.archiveTimeout / 1_000)) },
  });
  database.setReplicationDelay(settings.lagMs);
  for (const region of regionsWithDatabase(settings)) parts.add(databasePart(lab, database, region));
  return database;
}

/**
 * When we are root PostgreSQL runs as another account, which cannot read a cache in root's private home. What it must
 * read is then copied below the temporary folder, where only we can have made it.
 */
async function readableCache(cacheDir: string): Promise<string> {
  mkdirSync(cacheDir, { recursive: true });
  try {
    await requireReachable(cacheDir, 'cacheDir');
    return cacheDir;
  } catch {
    const folder = join(tmpdir(), 'lifeboat-cache');
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const made = lstatSync(folder);
    if (made.isDirectory() && made.uid === process.getuid?.()) {
      chmodSync(folder, 0o755);
      return folder;
    }
    throw new Error(`${folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own`);
  }
}

function databasePart(lab: LabContext, database: GlobalDatabase, region: Region): Part {
  const name = `database-${region}`;
  return {
    name,
    place: region,
    address: address(lab.endpoints.regions[region].database),
    log: database.instance(region).log,
    pid: () => database.instance(region).pid,
    state: () => {
      const { alive, frozen } = database.instance(region);
      if (!alive) return 'ended';
      return frozen ? 'frozen' : 'running';
    },
    note: () => (database.writer === region ? 'writer' : 'standby'),
    start: () => database.revive(region),
    kill: () => database.kill(region),
    freeze: () => database.freeze(region),
    thaw: () => database.thaw(region),
  };
}
