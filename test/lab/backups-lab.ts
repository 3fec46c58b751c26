import { readdirSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DatabaseBackups } from '../../lab/backup/database-backups.ts';
import { BOOKING_SCHEMA_SQL } from '../../lab/booking/schema.ts';
import { Connection, queryOnce } from '../../lab/database/connection.ts';
import { GlobalDatabase } from '../../lab/database/global-database.ts';
import { Network } from '../../lab/network/network.ts';
import { claimBase } from '../../lab/parts/ports.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { behind, type Endpoint, endpoints, type Region, restoredEndpoints } from '../../lab/topology.ts';

/** A booking as SQL, with its id as the one value. */
export const BOOKING = `insert into bookings (id, practitioner, region) values ($1, 'test', 'test')`;

/** Real servers start and archive meanwhile. A wait ends as soon as its condition holds: only what hangs takes as long. */
export const PATIENT = { timeoutMs: 60_000 };

const COMMIT_MS = '(extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000)::float8';

/** A database with its archive and backups, and nothing else of a lab. */
export interface BackupsLab {
  readonly dir: string;
  readonly database: GlobalDatabase;
  readonly backups: DatabaseBackups;
  baseBackupEvery: number;
  /** Hidden address for a restored cluster. */
  address(region: Region, index: number): Endpoint;
  /** Fails when a process is left. */
  close(): Promise<void>;
}

export async function openBackupsLab(options: { readonly standby: boolean }): Promise<BackupsLab> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lifeboat-backups-'));
  await chmod(dir, 0o711);
  const { base, control } = await claimBase(null);
  const network = new Network();
  const logDir = path.join(dir, 'logs');
  const settings = { baseBackupEvery: 600_000 };
  const database = await GlobalDatabase.create({
    dir: path.join(dir, 'database'),
    cacheDir: path.join(os.tmpdir(), 'lifeboat-test-cache'),
    network,
    endpoints: endpoints(base),
    schemaSql: BOOKING_SCHEMA_SQL,
    log: () => {},
    logDir,
    standby: options.standby,
    archive: { dir: path.join(dir, 'archive'), timeoutSeconds: 1 },
  });
  const backups = await DatabaseBackups.create({
    database,
    dir: path.join(dir, 'backups'),
    durations: () => settings,
    log: (line) => console.error(line),
    logDir,
  });
  return Object.assign(settings, {
    dir,
    database,
    backups,
    address: (region: Region, index: number) => behind(restoredEndpoints(base, region)[index % 8]!),
    close: async () => {
      await backups.stop();
      await database.stop();
      await network.close();
      await new Promise((resolve) => control.close(resolve));
      // What a server started to archive or to restore a segment may end a moment after it.
      await waitUntil(`no process is left in ${dir}`, () => processesIn(dir).length === 0, PATIENT);
      await rm(dir, { recursive: true, force: true });
    },
  });
}

/** Names of files or folders that the backups keep of a region, sorted. */
export async function kept(lab: BackupsLab, kind: 'bases' | 'snapshots' | 'clusters', region: Region) {
  return (await readdir(path.join(lab.dir, 'backups', kind, region))).sort();
}

export async function restorable(lab: BackupsLab, region: Region, instant = new Date(0)): Promise<void> {
  const there = async () => ((await lab.backups.window(region))?.latest ?? Number.NEGATIVE_INFINITY) >= instant;
  await waitUntil(`${instant.toISOString()} is restorable in ${region}`, there, PATIENT);
}

/** Where the database is written. */
export const writerOf = ({ database }: BackupsLab): Endpoint => database.instance(database.writer).hidden;

/** One query in a session of its own, with a deadline that outlasts a pause of the machine. */
export const ask = (at: Endpoint, sql: string, values: readonly unknown[] = []) =>
  queryOnce(at, sql, values, PATIENT.timeoutMs);

export const clockOf = async (lab: BackupsLab): Promise<Date> =>
  (await ask(writerOf(lab), 'select clock_timestamp() as now'))[0]!['now'] as Date;

export async function idsIn(at: Endpoint, like: string): Promise<readonly string[]> {
  const rows = await ask(at, 'select id from bookings where id like $1 order by created_at', [like]);
  return rows.map(({ id }) => String(id));
}

export interface Committed {
  readonly id: string;
  /** Milliseconds since 1970, with microseconds behind the point. */
  readonly at: number;
}

export interface SteadyWriter {
  /** Waits until so many more bookings than now were begun and committed. */
  more(count: number): Promise<void>;
  stop(): Promise<readonly Committed[]>;
}

/** Commits one booking after another until it is stopped. */
export function writeSteadily(at: Endpoint, name: string, pauseMs: () => number): SteadyWriter {
  let stopping = false;
  let committed = 0;
  const ended = (async () => {
    const session = await Connection.open(at, PATIENT.timeoutMs);
    while (!stopping) {
      await session.query(BOOKING, [`${name}-${committed}`]);
      committed += 1;
      await pause(pauseMs());
    }
    const rows = await session.query(`select id, ${COMMIT_MS} as at from bookings where id like $1 order by at`, [
      `${name}-%`,
    ]);
    await session.close();
    return rows.map((row) => ({ id: String(row['id']), at: Number(row['at']) }));
  })();
  return {
    more: (count) => {
      // One that is under way now was begun before.
      const wanted = committed + 1 + count;
      return waitUntil(`${count} more bookings are committed`, () => committed >= wanted, PATIENT);
    },
    stop: () => {
      stopping = true;
      return ended;
    },
  };
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Processes that stand in a folder, as PostgreSQL does in its data directory. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}
