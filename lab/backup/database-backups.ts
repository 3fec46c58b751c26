import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { requireReachable } from '../database/account.ts';
import { copyFolder } from '../database/copy-folder.ts';
import type { GlobalDatabase } from '../database/global-database.ts';
import type { Instance } from '../database/instance.ts';
import { addressIn, type Endpoint, REGIONS, type Region } from '../topology.ts';
import { corruptArchive, loseSegment } from './archive-faults.ts';
import type { BackupFault, Backups, RestorableWindow, StoredSnapshot } from './backups.ts';
import { BaseBackupLoop } from './base-backup-loop.ts';
import { copyOnlineWithLog } from './online-copy.ts';
import { copyPaced, sizeOf } from './paced-copy.ts';
import { recover } from './recover.ts';
import { RegionArchive } from './region-archive.ts';
import { RestoredClusters } from './restored-clusters.ts';
import { Turns } from './turns.ts';

interface DatabaseBackupsOptions {
  /** Started with an archive. */
  readonly database: GlobalDatabase;
  /** Folder of this lab for base backups, snapshots and restored clusters. PostgreSQL's account must be able to enter it. */
  readonly dir: string;
  /** Milliseconds between base backups, asked anew now and then. `Durations` fits. */
  readonly durations: () => { readonly baseBackupEvery: number };
  readonly log: (line: string) => void;
  readonly logDir: string;
}

/** Each takes a core for a good part of a second. */
const RECOVERIES_AT_A_TIME = 4;
/** Host number of the address on which a recovering server answers; below those behind links, above everybody's. */
const RECOVERY_HOST_FROM = 90;
/** A snapshot holds all the log it needs: whatever else recovery asks for is not there. */
const NO_ARCHIVE = 'false';

/** The backups of a lab's `GlobalDatabase`. Stop it before the database. */
export class DatabaseBackups implements Backups {
  readonly #options: DatabaseBackupsOptions;
  readonly #archives: Readonly<Record<Region, RegionArchive>>;
  readonly #clusters: RestoredClusters;
  readonly #bases: BaseBackupLoop;
  readonly #turns = new Turns(RECOVERIES_AT_A_TIME);
  readonly #recovering = new Set<Instance>();
  readonly #stopping = new AbortController();
  /** Work that `stop` waits for. */
  readonly #underWay = new Set<Promise<unknown>>();
  #damage: string | null = null;
  #stored = 0;

  private constructor(options: DatabaseBackupsOptions) {
    const { database, dir, logDir, log, durations } = options;
    this.#options = options;
    this.#archives = { 'eu-west-1': this.#archiveOf('eu-west-1'), 'eu-west-3': this.#archiveOf('eu-west-3') };
    this.#clusters = new RestoredClusters({ binaries: database.binaries, copies: path.join(dir, 'copies'), logDir });
    const every = () => durations().baseBackupEvery;
    const folderOf = (region: Region) => this.#folder('bases', region);
    this.#bases = new BaseBackupLoop({ database, archives: this.#archives, folderOf, every, log });
  }

  /** Resolves at once: the first base backup is made in the background. Throws when the database has no archive. */
  static async create(options: DatabaseBackupsOptions): Promise<DatabaseBackups> {
    const { dir, logDir } = options;
    // What a lab that was killed left here is nobody's.
    await rm(dir, { recursive: true, force: true });
    for (const kind of ['bases', 'snapshots', 'clusters']) {
      for (const region of REGIONS) await mkdir(path.join(dir, kind, region), { recursive: true });
    }
    await mkdir(path.join(dir, 'copies'));
    await mkdir(logDir, { recursive: true });
    await requireReachable(dir, 'dir');
    return new DatabaseBackups(options);
  }

  window(region: Region): Promise<RestorableWindow | null> {
    const { writer } = this.#options.database;
    const { alive, frozen, hidden } = this.#options.database.instance(region);
    return this.#archives[region].window(region === writer && alive && !frozen ? hidden : null);
  }

  takeSnapshot(region: Region, id: string): Promise<StoredSnapshot> {
    return this.#track(async () => {
      const { database } = this.#options;
      const { hidden, alive, frozen } = database.instance(region);
      if (!alive || frozen) throw new Error(`the server of ${region} is ${frozen ? 'frozen' : 'not running'}`);
      const server = { endpoint: hidden, dataDirectory: database.dataDirectory(region) };
      const { signal } = this.#stopping;
      return this.#store(region, id, async (aside) => {
        const copy = await copyOnlineWithLog(server, aside, `snapshot ${id}`, signal);
        return { dataTime: copy.completeAt, sizeBytes: await sizeOf(aside) };
      });
    });
  }

  copySnapshot(
    from: StoredSnapshot,
    to: { readonly region: Region; readonly id: string },
    options: { readonly bytesPerSecond: number; onProgress(percent: number): void; readonly signal: AbortSignal },
  ): Promise<StoredSnapshot> {
    return this.#track(() =>
      this.#store(to.region, to.id, async (aside) => {
        const signal = AbortSignal.any([options.signal, this.#stopping.signal]);
        const onProgress = (percent: number): void => options.onProgress(percent);
        await copyPaced(this.#snapshotFolder(from), aside, { ...options, onProgress, signal });
        return { dataTime: from.dataTime, sizeBytes: from.sizeBytes };
      }),
    );
  }

  async deleteSnapshot(snapshot: StoredSnapshot): Promise<void> {
    await rm(this.#snapshotFolder(snapshot), { recursive: true, force: true });
  }

  restoreToPointInTime(source: Region, to: Date, target: { readonly region: Region; readonly cluster: string }) {
    const archive = this.#archives[source];
    return this.#restore(target, async (folder) => {
      const { base, done } = archive.baseFor(to);
      try {
        await copyFolder(base.folder, folder);
        await this.#recover(target, folder, to, archive.restoreCommand);
      } finally {
        done();
      }
    });
  }

  restoreFromSnapshot(snapshot: StoredSnapshot, target: { readonly region: Region; readonly cluster: string }) {
    return this.#restore(target, async (folder) => {
      await copyFolder(this.#snapshotFolder(snapshot), folder);
      await this.#recover(target, folder, snapshot.dataTime, NO_ARCHIVE);
    });
  }

  startRestored(cluster: string, listen: Endpoint): Promise<void> {
    return this.#track(() => this.#clusters.start(cluster, listen));
  }

  stopRestored(cluster: string): Promise<void> {
    return this.#clusters.stop(cluster);
  }

  deleteRestored(cluster: string): Promise<void> {
    return this.#clusters.delete(cluster);
  }

  openCopyOfRestored(cluster: string): Promise<{ readonly endpoint: Endpoint; close(): Promise<void> }> {
    return this.#track(() => this.#clusters.openCopy(cluster));
  }

  async fault(fault: BackupFault): Promise<string> {
    const archive = this.#archives[this.#options.database.writer];
    switch (fault.kind) {
      case 'corrupt-archive':
        return corruptArchive(archive);
      case 'missing-segment':
        return loseSegment(archive);
      case 'damage-next-restore':
        this.#damage = fault.sql;
        return 'runs in the next restored database';
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the lab is stopping'));
    const ended = Promise.allSettled([this.#bases.stop(), ...this.#underWay]);
    await Promise.all([...this.#recovering].map((server) => server.stop()));
    await ended;
    await this.#clusters.close();
  }

  #restore(target: { readonly region: Region; readonly cluster: string }, make: (folder: string) => Promise<void>) {
    const folder = this.#folder('clusters', target.region, target.cluster);
    return this.#track(() => this.#clusters.make(target.cluster, folder, () => make(folder)));
  }

  async #recover(
    target: { readonly region: Region; readonly cluster: string },
    dataDirectory: string,
    to: Date,
    restoreCommand: string,
  ): Promise<void> {
    const { database, logDir } = this.#options;
    const { port } = database.instance(target.region).hidden;
    await this.#turns.take(async (slot) => {
      this.#stopping.signal.throwIfAborted();
      const damage = this.#damage;
      this.#damage = null;
      const recovery = {
        name: `restore of ${target.cluster}`,
        dataDirectory,
        binaries: database.binaries,
        log: path.join(logDir, `postgres-restore-${encodeURIComponent(target.cluster)}.log`),
        listen: { host: addressIn(target.region, RECOVERY_HOST_FROM + slot), port },
        target: to,
        restoreCommand,
        damage,
      };
      let server: Instance | null = null;
      try {
        await recover(recovery, (started) => {
          server = started;
          this.#recovering.add(started);
        });
      } finally {
        if (server) this.#recovering.delete(server);
      }
    });
  }

  /** Makes a snapshot's folder aside, so that it is there whole or not at all. */
  async #store(
    region: Region,
    id: string,
    make: (aside: string) => Promise<{ readonly dataTime: Date; readonly sizeBytes: number }>,
  ): Promise<StoredSnapshot> {
    const folder = this.#folder('snapshots', region, id);
    this.#stored += 1;
    const aside = `${folder}.part-${this.#stored}`;
    try {
      const made = await make(aside);
      await rename(aside, folder);
      return { region, id, ...made };
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      throw error;
    }
  }

  /** Refuses new work once the lab stops, and has `stop` wait for what is under way. */
  async #track<T>(work: () => Promise<T>): Promise<T> {
    this.#stopping.signal.throwIfAborted();
    const running = work();
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  #archiveOf(region: Region): RegionArchive {
    const folder = this.#options.database.archiveFolder(region);
    if (folder === null)
      throw new Error('the database was started without an archive, so nothing of it can be restored');
    return new RegionArchive({ folder, basesFolder: this.#folder('bases', region) });
  }

  #snapshotFolder({ region, id }: StoredSnapshot): string {
    return this.#folder('snapshots', region, id);
  }

  /** Identifiers may hold what a path may not. */
  #folder(kind: 'bases' | 'snapshots' | 'clusters', region: Region, id = ''): string {
    return path.join(this.#options.dir, kind, region, encodeURIComponent(id));
  }
}
