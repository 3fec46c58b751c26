import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GlobalDatabase } from '../database/global-database.ts';
import { waitUntil } from '../parts/wait-until.ts';
import type { Region } from '../topology.ts';
import { copyOnline } from './online-copy.ts';
import type { RegionArchive } from './region-archive.ts';

const RETRY_MS = 500;
const ARCHIVED_DEADLINE_MS = 30_000;

interface Options {
  readonly database: GlobalDatabase;
  readonly archives: Readonly<Record<Region, RegionArchive>>;
  /** Folder in which a region's base backups are made. */
  readonly folderOf: (region: Region) => string;
  /** Milliseconds from one base backup to the next. */
  readonly every: () => number;
  readonly log: (line: string) => void;
}

/** Makes base backups of whoever writes, in the background: one at once, one at its promotion, then one after the other. */
export class BaseBackupLoop {
  readonly #options: Options;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  /** Aborted when a region became the writer: what is being made is of the past. */
  #reign = new AbortController();
  #made = 0;
  #failing = false;

  constructor(options: Options) {
    this.#options = options;
    const forget = options.database.onWriterChange(() => {
      options.archives[options.database.writer].beginAnew();
      this.#reign.abort();
    });
    this.#ended = this.#run().finally(forget);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#reign = new AbortController();
      const signal = AbortSignal.any([this.#stopping.signal, this.#reign.signal]);
      await this.#backUp(signal).then(
        () => this.#wait(() => this.#options.every(), signal),
        (error: unknown) => this.#failed(error, signal),
      );
    }
  }

  async #backUp(signal: AbortSignal): Promise<void> {
    const { database, archives, folderOf } = this.#options;
    const region = database.writer;
    const archive = archives[region];
    const { hidden, alive, frozen } = database.instance(region);
    if (!alive || frozen) throw new Error(`the server of ${region} is ${frozen ? 'frozen' : 'not running'}`);
    this.#made += 1;
    const folder = path.join(folderOf(region), `base-${this.#made}`);
    try {
      const server = { endpoint: hidden, dataDirectory: database.dataDirectory(region) };
      const copy = await copyOnline(server, folder, `base backup ${this.#made}`, signal);
      const complete = async () => (await archive.segments()).includes(copy.lastSegment);
      const say = `${copy.lastSegment}, the last segment of a base backup of ${region}, is archived`;
      await waitUntil(say, complete, { timeoutMs: ARCHIVED_DEADLINE_MS, signal });
      signal.throwIfAborted();
      archive.add({ ...copy, folder });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    if (this.#failing) this.#options.log(`backups: ${region} is backed up again`);
    this.#failing = false;
    await archive.prune();
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (!this.#failing) this.#options.log(`backups: no base backup could be made (${String(error)}); tried again`);
    this.#failing = true;
    await this.#wait(() => RETRY_MS, signal);
  }

  /** Asks for the time again now and then: it may be changed while we wait. */
  async #wait(ms: () => number, signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    while (!signal.aborted) {
      const left = begun + ms() - performance.now();
      if (left <= 0) return;
      await pause(Math.min(left, 1_000), undefined, { signal }).catch(() => {});
    }
  }
}
