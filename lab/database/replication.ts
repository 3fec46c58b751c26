import type { Instance } from './instance.ts';

/** No reply for longer than this, and the standby is no longer connected, whatever the primary still shows. */
const REPLY_AGE_SECONDS = 5;
const DEADLINE_MS = 2_000;

/**
 * Whether `standby`, under that name, follows `primary`: it streams, answered lately, and is on the same timeline. A
 * diverged old primary that was started as a standby connects too, and serves rows that were lost.
 */
export async function isStreaming(primary: Instance, standby: Instance): Promise<boolean> {
  if (!primary.alive || primary.frozen || !standby.alive || standby.frozen) return false;
  const [sender, receiver] = await Promise.all([
    primary.query(
      `select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline
       from pg_stat_replication where application_name = $1 and state = 'streaming'
         and reply_time > clock_timestamp() - make_interval(secs => $2)`,
      [standby.name, REPLY_AGE_SECONDS],
      DEADLINE_MS,
    ),
    standby.query(
      `select received_tli as timeline from pg_stat_wal_receiver where status = 'streaming'`,
      [],
      DEADLINE_MS,
    ),
  ]).catch(() => [[], []]);
  const timeline = sender[0]?.['timeline'];
  return timeline !== undefined && timeline === receiver[0]?.['timeline'];
}

/** Ends recovery and waits until the server takes writes. */
export async function promote(standby: Instance): Promise<void> {
  await standby.query('select pg_promote(false)');
  await standby.waitFor('it takes writes after its promotion', 30_000, async () => {
    const rows = await standby.query('select pg_is_in_recovery() as recovering', [], DEADLINE_MS);
    return rows[0]?.['recovering'] === false;
  });
}

/** Waits until a standby has applied everything before `lsn` and the record that begins there. */
export async function replayedPast(standby: Instance, lsn: string, deadlineMs: number): Promise<void> {
  await standby.waitFor(`it has replayed past ${lsn}`, deadlineMs, async () => {
    const rows = await standby.query('select pg_last_wal_replay_lsn() > $1::pg_lsn as past', [lsn], DEADLINE_MS);
    return rows[0]?.['past'] === true;
  });
}
