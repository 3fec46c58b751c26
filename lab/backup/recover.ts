import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from '../database/binaries.ts';
import { Instance } from '../database/instance.ts';
import { recoverySettings } from '../database/settings.ts';
import type { Endpoint } from '../topology.ts';

/** For a recovery through all the log there is between two base backups, on a busy machine. */
const RECOVERY_DEADLINE_MS = 120_000;
const DAMAGE_DEADLINE_MS = 60_000;
const SHUT_DOWN_DEADLINE_MS = 60_000;

interface Recovery {
  readonly name: string;
  readonly dataDirectory: string;
  readonly binaries: Binaries;
  readonly log: string;
  /** Where its server answers while it recovers; nobody else is told. */
  readonly listen: Endpoint;
  readonly target: Date;
  readonly restoreCommand: string;
  /** Statements to run in it afterwards, as superuser and without constraints or triggers; `null`: none. */
  readonly damage: string | null;
}

/**
 * Replays log over a copied data directory until just before the first commit after `target`, makes it a database of its
 * own and stops it in order. Rejects when the log ends before that.
 * @param onServer is told the server, to end it when everything must end.
 */
export async function recover(recovery: Recovery, onServer: (server: Instance) => void): Promise<void> {
  const { name, dataDirectory, binaries, log, listen, target, restoreCommand, damage } = recovery;
  const settings = recoverySettings(listen, target, restoreCommand);
  const server = new Instance({ name, dataDirectory, binaries, log, listen, settings });
  onServer(server);
  server.setRecovery();
  try {
    await server.start(RECOVERY_DEADLINE_MS);
    const rows = await server.query('select pg_is_in_recovery() as recovering');
    if (rows[0]?.['recovering'] !== false) throw new Error(`${name} answers although it still recovers`);
    await requireReached(dataDirectory, target);
    if (damage !== null) {
      await server.query(`set session_replication_role = replica;\n${damage}`, [], DAMAGE_DEADLINE_MS);
    }
    await server.shutDown(SHUT_DOWN_DEADLINE_MS);
  } finally {
    await server.stop();
  }
}

/** The history that a promotion writes says where it left the old one, and why: independent of how the server ended. */
async function requireReached(dataDirectory: string, target: Date): Promise<void> {
  const log = path.join(dataDirectory, 'pg_wal');
  const newest = (await readdir(log))
    .filter((file) => file.endsWith('.history'))
    .sort()
    .at(-1);
  const lines = newest ? (await readFile(path.join(log, newest), 'utf8')).trimEnd().split('\n') : [];
  const reason = lines.at(-1)?.split('\t')[2] ?? 'no history';
  const stoppedBefore = /^before (\S+) (\S+)\+00$/.exec(reason);
  const at = stoppedBefore ? Date.parse(`${stoppedBefore[1]}T${stoppedBefore[2]}Z`) : Number.NaN;
  if (!(at >= target.getTime())) {
    throw new Error(
      `recovery did not stop at its target: expected a stop before a commit later than ${target.toISOString()}, ` +
        `but the history ${newest ?? ''} says: ${reason}`,
    );
  }
}
