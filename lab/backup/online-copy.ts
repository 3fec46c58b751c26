import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { giveToPostgres } from '../database/account.ts';
import { Connection } from '../database/connection.ts';
import type { Endpoint } from '../topology.ts';
import { copyOwned, copyRunningCluster } from './copy-running-cluster.ts';
import { segmentsBetween } from './wal-segment.ts';

interface RunningServer {
  readonly endpoint: Endpoint;
  readonly dataDirectory: string;
}

/** A copy of a running server's files, and the log without which they mean nothing. */
export interface OnlineCopy {
  /** Log segments from the first to the last that it needs to become consistent. */
  readonly firstSegment: string;
  readonly lastSegment: string;
  /** Everything in the copy was committed before; rounded up to a millisecond. */
  readonly completeAt: Date;
}

/** For the checkpoint of a busy server. */
const DEADLINE_MS = 30_000;

/** Copies a primary's files while it works, without its log. */
export function copyOnline(server: RunningServer, to: string, label: string, signal: AbortSignal): Promise<OnlineCopy> {
  return inBackup(server, signal, (session) => copyFiles(session, server, to, label, signal));
}

/**
 * Copies a primary's files and the log they need into one folder. The log goes on past a commit made after
 * `completeAt`, so the copy can be recovered to exactly that instant.
 */
export function copyOnlineWithLog(
  server: RunningServer,
  to: string,
  label: string,
  signal: AbortSignal,
): Promise<OnlineCopy> {
  return inBackup(server, signal, async (session) => {
    const copy = await copyFiles(session, server, to, label, signal);
    // Its own transaction, begun when `completeAt` is over: recovery stops where it finds a later commit.
    await session.query('select pg_sleep(0.002)');
    await session.query('select pg_current_xact_id()');
    const [switched] = await session.query('select pg_walfile_name(pg_switch_wal()) as segment');
    await copyLog(server.dataDirectory, to, segmentsBetween(copy.firstSegment, String(switched?.['segment'])));
    return copy;
  });
}

async function inBackup<T>(
  server: RunningServer,
  signal: AbortSignal,
  work: (session: Connection) => Promise<T>,
): Promise<T> {
  const session = await Connection.open(server.endpoint, DEADLINE_MS, signal);
  try {
    const result = await work(session);
    await session.close();
    return result;
  } finally {
    // A session that ends inside a backup ends the backup.
    session.drop();
  }
}

async function copyFiles(
  session: Connection,
  server: RunningServer,
  to: string,
  label: string,
  signal: AbortSignal,
): Promise<OnlineCopy> {
  const [role] = await session.query('select pg_is_in_recovery() as standby');
  if (role?.['standby'] !== false) throw new Error('the server is a standby; only the log of a primary is archived');
  const [started] = await session.query('select pg_walfile_name(pg_backup_start($1, fast => true)) as segment', [
    label,
  ]);
  await copyRunningCluster(server.dataDirectory, to, signal);
  const [stopped] = await session.query(
    'select labelfile, pg_walfile_name(lsn) as segment from pg_backup_stop(wait_for_archive => false)',
  );
  const [clock] = await session.query('select clock_timestamp() as now');
  await writeOwned(path.join(to, 'backup_label'), String(stopped?.['labelfile']));
  return {
    firstSegment: String(started?.['segment']),
    lastSegment: String(stopped?.['segment']),
    completeAt: new Date(Number(clock?.['now']) + 1),
  };
}

/** The segments, and the histories that say which timeline grew out of which. */
async function copyLog(from: string, to: string, segments: readonly string[]): Promise<void> {
  const histories = (await readdir(path.join(from, 'pg_wal'))).filter((name) => name.endsWith('.history'));
  for (const name of [...histories, ...segments]) {
    await copyOwned(path.join(from, 'pg_wal', name), path.join(to, 'pg_wal', name));
  }
}

async function writeOwned(file: string, content: string): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
  await giveToPostgres(file);
}
