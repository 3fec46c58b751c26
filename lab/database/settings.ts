import type { Endpoint } from '../topology.ts';
import { archiveCommand } from './archive-command.ts';

export type Settings = Readonly<Record<string, string>>;

/** What every PostgreSQL of the lab runs with: small, and without the disk's own delays. */
const COMMON: Settings = {
  unix_socket_directories: '',
  shared_buffers: '16MB',
  max_connections: '100',
  // The page cache outlives a killed process; only a machine that loses power needs more.
  fsync: 'off',
  // In the data directory, so that a killed postmaster leaves nothing in /dev/shm.
  dynamic_shared_memory_type: 'mmap',
  io_method: 'sync',
  max_logical_replication_workers: '0',
  // The autopsy asks when each row was committed.
  track_commit_timestamp: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** Where a cluster's log is archived, and how soon a segment that does not fill is closed, in whole seconds. */
interface ArchiveSettings {
  readonly folder: string;
  readonly timeoutSeconds: number;
}

/** Settings of one of the two clusters; primary and standby alike, since they change places: only a primary archives. */
export function clusterSettings(
  listen: Endpoint,
  upstream: Endpoint,
  applicationName: string,
  archive: ArchiveSettings | null,
): Settings {
  return {
    ...COMMON,
    ...(archive && {
      archive_mode: 'on',
      archive_command: archiveCommand(archive.folder),
      archive_timeout: `${archive.timeoutSeconds}s`,
    }),
    listen_addresses: listen.host,
    port: String(listen.port),
    wal_level: 'replica',
    max_wal_senders: '10',
    wal_keep_size: '256MB',
    hot_standby: 'on',
    hot_standby_feedback: 'on',
    recovery_target_timeline: 'latest',
    wal_retrieve_retry_interval: '100ms',
    // Replies tell the primary how far the standby is, and when it last heard of it.
    wal_receiver_status_interval: '1s',
    // A delayed stream must not look dead; what is dead the links reset.
    wal_receiver_timeout: '0',
    primary_conninfo: [
      `host=${upstream.host}`,
      `port=${upstream.port}`,
      'user=postgres',
      `application_name=${applicationName}`,
      // The link reads the frames, to find where the stream begins.
      'sslmode=disable',
      'gssencmode=disable',
      'connect_timeout=3',
    ].join(' '),
  };
}

/** Settings of a copy that is opened only to be read: it follows nobody, and nobody follows it. */
export function copySettings(listen: Endpoint): Settings {
  return {
    ...COMMON,
    listen_addresses: listen.host,
    port: String(listen.port),
    archive_mode: 'off',
    wal_level: 'replica',
    max_wal_senders: '10',
    hot_standby: 'on',
    recovery_target_timeline: 'latest',
    primary_conninfo: '',
    restore_command: '',
  };
}

/** Settings of a copy that replays log until `target` and then takes writes; it answers nobody before. */
export function recoverySettings(listen: Endpoint, target: Date, restoreCommand: string): Settings {
  return {
    ...copySettings(listen),
    hot_standby: 'off',
    restore_command: restoreCommand,
    // A history of its own: what the archive holds of later timelines is not this backup's.
    recovery_target_timeline: 'current',
    // PostgreSQL refuses the Z that ISO 8601 ends with.
    recovery_target_time: target.toISOString().replace('T', ' ').replace('Z', '+00'),
    recovery_target_inclusive: 'on',
    recovery_target_action: 'promote',
  };
}
