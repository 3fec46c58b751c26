import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { giveToPostgres } from '../database/account.ts';

/** Folders whose content a server makes anew, or that belongs to it alone. They are made, empty. */
const EMPTY = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const INSIDE_LOG = ['archive_status', 'summaries'];
const CONTROL_FILE = 'pg_control';
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|standby\.signal|recovery\.signal|backup_label.*|tablespace_map.*|pg_internal\.init.*|pgsql_tmp.*)$/;

/**
 * Copies the files of a server that goes on writing, between its `pg_backup_start` and `pg_backup_stop`. Pages may be torn
 * and files cut short: the log repairs that when the copy is recovered. What vanishes meanwhile was dropped.
 */
export async function copyRunningCluster(from: string, to: string, signal: AbortSignal): Promise<void> {
  await copyTree(from, to, signal);
  for (const folder of INSIDE_LOG) await makeFolder(path.join(to, 'pg_wal', folder));
  // Last, as the manual says.
  await copyOwned(path.join(from, 'global', CONTROL_FILE), path.join(to, 'global', CONTROL_FILE));
}

async function copyTree(from: string, to: string, signal: AbortSignal): Promise<void> {
  await makeFolder(to);
  if (EMPTY.has(path.basename(from))) return;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    signal.throwIfAborted();
    if (entry.name === CONTROL_FILE || LEFT_OUT.test(entry.name)) continue;
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target, signal);
    else await copyOwned(source, target).catch(ignoreVanished);
  }
}

/** Copies a file for PostgreSQL's account, and nobody else, to read and write. */
export async function copyOwned(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o600);
  await giveToPostgres(to);
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await giveToPostgres(folder);
}

function ignoreVanished(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
