import type { Endpoint, Region } from '../topology.ts';

/** What can be restored of a region's cluster now; both ends follow the archive. */
export interface RestorableWindow {
  readonly earliest: Date;
  readonly latest: Date;
}

/** Storage that a restore or a snapshot made: a folder, nothing running. */
export interface StoredSnapshot {
  readonly region: Region;
  readonly id: string;
  /** Instant whose state it holds. */
  readonly dataTime: Date;
  readonly sizeBytes: number;
}

/** How a fault spoils backups, for tests of whether anybody notices. */
export type BackupFault =
  /** Bytes in the middle of the newest archived segments are changed. */
  | { readonly kind: 'corrupt-archive' }
  /** An archived segment in the middle of the window is gone. */
  | { readonly kind: 'missing-segment' }
  /** Statements run as superuser in the next restored database before anybody can log in, `session_replication_role = replica`. */
  | { readonly kind: 'damage-next-restore'; readonly sql: string };

/**
 * Real backups of the lab's databases: continuous archive, periodic base backups, self-contained snapshots, restores that replay
 * the archive to an instant. What RDS makes of it (states, queues, refusals, duration) is the twin's business.
 */
export interface Backups {
  /** `null` until a base backup is complete and something after it is archived. Asked often: must be cheap. */
  window(region: Region): Promise<RestorableWindow | null>;
  /** A consistent snapshot of the region's running cluster, complete in itself. */
  takeSnapshot(region: Region, id: string): Promise<StoredSnapshot>;
  /**
   * Copies a snapshot's files, at most so many bytes a second. Rejects when aborted, and leaves nothing.
   * @param onProgress told 0 to 100.
   */
  copySnapshot(
    from: StoredSnapshot,
    to: { readonly region: Region; readonly id: string },
    options: { readonly bytesPerSecond: number; onProgress(percent: number): void; readonly signal: AbortSignal },
  ): Promise<StoredSnapshot>;
  deleteSnapshot(snapshot: StoredSnapshot): Promise<void>;
  /** Storage of a new cluster at an instant inside the window: base backup, archive replayed to its end, promoted, stopped. */
  restoreToPointInTime(
    source: Region,
    to: Date,
    target: { readonly region: Region; readonly cluster: string },
  ): Promise<void>;
  /** Storage of a new cluster as a snapshot holds it. */
  restoreFromSnapshot(
    snapshot: StoredSnapshot,
    target: { readonly region: Region; readonly cluster: string },
  ): Promise<void>;
  /** Starts a restored cluster's server at the hidden address; done when it answers. */
  startRestored(cluster: string, listen: Endpoint): Promise<void>;
  stopRestored(cluster: string): Promise<void>;
  /** A copy of a restored cluster as it is now, opened apart from it, writable, to read what it holds. */
  openCopyOfRestored(cluster: string): Promise<{ readonly endpoint: Endpoint; close(): Promise<void> }>;
  /** Stops it and removes its files. */
  deleteRestored(cluster: string): Promise<void>;
  fault(fault: BackupFault): Promise<string>;
  /** Ends every server it started and every copy under way. */
  stop(): Promise<void>;
}
