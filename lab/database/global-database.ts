import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Link, Network } from '../network/network.ts';
import { behind, type Endpoint, type Endpoints, PROTECTED, RECOVERY, REGIONS, type Region } from '../topology.ts';
import { giveToPostgres, requireReachable } from './account.ts';
import { type Binaries, postgresBinaries } from './binaries.ts';
import { copyAtOneInstant, openCopiedInstance } from './copied-instance.ts';
import { copyFolder } from './copy-folder.ts';
import { Instance } from './instance.ts';
import { LagSampler } from './lag-sampler.ts';
import { LAG_SQL } from './lag-sql.ts';
import { removeLeftover } from './leftover.ts';
import { isStreaming, promote, replayedPast } from './replication.ts';
import { clusterSettings } from './settings.ts';
import { switchOver } from './switch-over.ts';
import { clusterTemplate } from './template.ts';

export interface GlobalDatabaseOptions {
  /** Folder of this lab; the data directories are made in it. PostgreSQL's account must be able to enter it. */
  readonly dir: string;
  /** Folder kept between labs: binaries and the template cluster. */
  readonly cacheDir: string;
  readonly network: Network;
  readonly endpoints: Endpoints;
  /** Statements that make the service's tables, run once on the primary. */
  readonly schemaSql: string;
  readonly log: (line: string) => void;
  readonly logDir: string;
  /** `false`: the recovery region has no database, only the links to where one would be. Default true. */
  readonly standby?: boolean;
  /** Archives the log of whoever writes, each region's in a folder of its own below `dir`. Default: no archive. */
  readonly archive?: { readonly dir: string /** Whole seconds. */; readonly timeoutSeconds: number };
}

export interface InstanceState {
  /** Its process is there, frozen or not. */
  readonly alive: boolean;
  readonly frozen: boolean;
  readonly pid: number | null;
  readonly hidden: Endpoint;
  readonly log: string;
}

const STREAMING_DEADLINE_MS = 20_000;
const SCHEMA_DEADLINE_MS = 30_000;

const otherRegion = (region: Region): Region => (region === PROTECTED ? RECOVERY : PROTECTED);

/**
 * A global database of two regions: a PostgreSQL that writes and one that follows it, each behind a link. What RDS makes
 * of it (states, waiting, refusals) is the RDS twin's business; here things happen at once and for real.
 */
export class GlobalDatabase {
  readonly #options: GlobalDatabaseOptions;
  readonly #binaries: Binaries;
  readonly #instances: Readonly<Record<Region, Instance>>;
  /** By the region whose database is behind the link. */
  readonly #replication = new Map<Region, Link>();
  readonly #links: Link[] = [];
  readonly #copies = new Map<number, { close(): Promise<void> }>();
  readonly #writerListeners = new Set<() => void>();
  #writer: Region = PROTECTED;
  /** Lost the writer's role without being asked, so its history is no longer the writer's. */
  #diverged: Region | null = null;
  #operation: string | null = null;
  #sampler: LagSampler | null = null;
  #stopped = false;

  private constructor(options: GlobalDatabaseOptions, binaries: Binaries) {
    this.#options = options;
    this.#binaries = binaries;
    this.#instances = { [PROTECTED]: this.#describe(PROTECTED), [RECOVERY]: this.#describe(RECOVERY) };
  }

  /** Both running and streaming, the schema on both, links listening, lag being sampled; or an error and nothing left. */
  static async create(options: GlobalDatabaseOptions): Promise<GlobalDatabase> {
    await mkdir(options.cacheDir, { recursive: true });
    const binaries = await postgresBinaries(options.cacheDir);
    const template = await clusterTemplate(binaries, options.cacheDir);
    const database = new GlobalDatabase(options, binaries);
    try {
      await database.#start(template);
    } catch (error) {
      await database.stop();
      throw error;
    }
    return database;
  }

  get writer(): Region {
    return this.#writer;
  }

  instance(region: Region): InstanceState {
    const { alive, frozen, pid, listen, log } = this.#instances[region];
    return { alive, frozen, pid, hidden: listen, log };
  }

  /** The region's data directory, whether or not a server runs on it. */
  dataDirectory(region: Region): string {
    return this.#instances[region].dataDirectory;
  }

  /** Folder of the region's archived log; `null` without an archive. */
  archiveFolder(region: Region): string | null {
    const { archive } = this.#options;
    return archive ? path.join(archive.dir, region) : null;
  }

  /** What its servers run on, for those that are restored from them. */
  get binaries(): Binaries {
    return this.#binaries;
  }

  /** Calls `listener` after each change of the writer. Returns how to stop that. */
  onWriterChange(listener: () => void): () => void {
    this.#writerListeners.add(listener);
    return () => this.#writerListeners.delete(listener);
  }

  /** Whether the region's database follows the writer now. The writer itself follows nobody. */
  async streaming(region: Region): Promise<boolean> {
    return region !== this.#writer && isStreaming(this.#instances[this.#writer], this.#instances[region]);
  }

  /** How late the primary's stream reaches the standby, in milliseconds; what a cut loses. */
  setReplicationDelay(ms: number): void {
    for (const link of this.#replication.values()) link.setReplicationDelay(ms);
  }

  /** Unplanned: what the standby has not received by now is lost. The old writer is left as it is, alive or not. */
  async promote(region: Region): Promise<void> {
    await this.#alone(`promotion of ${region}`, async () => {
      this.#requireCandidate(region);
      const old = this.#writer;
      this.#replication.get(old)?.cut();
      await promote(this.#instances[region]);
      this.#diverged = old;
      await this.#becameWriter(region);
    });
  }

  /** Planned: the writer shuts down, the standby gets all of it and takes over, the old writer follows it. */
  async switchover(to: Region): Promise<void> {
    await this.#alone(`switchover to ${to}`, async () => {
      this.#requireCandidate(to);
      const old = this.#writer;
      if (!(await this.streaming(to))) {
        throw new Error(`${to} does not follow ${old} (streaming, same timeline), so a switchover would lose rows`);
      }
      await switchOver(this.#instances[old], this.#instances[to]);
      await this.#becameWriter(to);
      await this.#follow(old);
    });
  }

  /** Every process of it is killed before this returns its promise, which waits until they are gone. */
  async kill(region: Region): Promise<void> {
    await this.#instances[region].kill();
  }

  freeze(region: Region): void {
    this.#instances[region].freeze();
  }

  thaw(region: Region): void {
    this.#instances[region].thaw();
  }

  /**
   * Brings a region's database back: a dead writer recovers, a dead standby goes on where it was, an old writer whose
   * role was taken is made anew from the writer, its directory kept beside it under `lost-writes-<region>-<time>`.
   */
  async revive(region: Region): Promise<void> {
    this.#requireDatabase(region);
    await this.#alone(`revival of ${region}`, async () => {
      const instance = this.#instances[region];
      if (this.#diverged === region) {
        await instance.stop();
        await rename(instance.dataDirectory, this.#folder(`lost-writes-${region}-${Date.now()}`));
        await copyAtOneInstant(this.#instances[this.#writer], instance.dataDirectory);
        this.#diverged = null;
      }
      if (instance.alive) return;
      if (region === this.#writer) await instance.start();
      else await this.#follow(region);
    });
  }

  /** A copy of the region's database as it is now, dead, frozen or alive, opened apart from it to be read. */
  async openCopy(region: Region): Promise<{ readonly endpoint: Endpoint; close(): Promise<void> }> {
    this.#requireDatabase(region);
    let number = 1;
    while (this.#copies.has(number)) number += 1;
    // Reserved before anything is waited for; a second copy takes the next port.
    this.#copies.set(number, { close: async () => {} });
    const of = this.#instances[region];
    const aside = behind(of.listen);
    try {
      const copy = await openCopiedInstance({
        of,
        binaries: this.#binaries,
        folder: this.#folder(`copy-${number}-${region}`),
        listen: { host: aside.host, port: aside.port + number },
        log: path.join(this.#options.logDir, `postgres-copy-${number}-${region}.log`),
      });
      const close = async (): Promise<void> => {
        await copy.close();
        this.#copies.delete(number);
      };
      this.#copies.set(number, { close });
      return { endpoint: copy.endpoint, close };
    } catch (error) {
      this.#copies.delete(number);
      throw error;
    }
  }

  /** Ends every process and closes the links. The data directories stay. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#sampler?.stop();
    await Promise.all(this.#links.splice(0).map((link) => link.close()));
    await Promise.all([...this.#copies.values()].map((copy) => copy.close()));
    await Promise.all(REGIONS.map((region) => this.#instances[region].stop()));
  }

  async #start(template: string): Promise<void> {
    const { dir, logDir, schemaSql } = this.#options;
    await mkdir(dir, { recursive: true });
    await mkdir(logDir, { recursive: true });
    await requireReachable(dir, 'dir');
    await this.#alone('start', async () => {
      const primary = this.#instances[PROTECTED];
      const populated = REGIONS.filter((region) => this.#has(region));
      await Promise.all(populated.map((region) => this.#lay(template, region)));
      for (const region of REGIONS) await this.#listen(region);
      await primary.start();
      const schema = primary.query(`${LAG_SQL}\n${schemaSql}`, [], SCHEMA_DEADLINE_MS);
      await Promise.all([schema, this.#has(RECOVERY) ? this.#follow(RECOVERY) : null]);
      await this.#becameWriter(PROTECTED);
      if (!this.#has(RECOVERY)) return;
      const rows = await primary.query('select (pg_current_wal_lsn() - 1)::text as lsn');
      await replayedPast(this.#instances[RECOVERY], String(rows[0]?.['lsn']), STREAMING_DEADLINE_MS);
    });
  }

  /** One change of roles at a time; meanwhile no lag is sampled, afterwards from whoever writes then. */
  async #alone(operation: string, work: () => Promise<void>): Promise<void> {
    if (this.#operation) throw new Error(`${operation}: cannot begin during ${this.#operation}; wait for its end`);
    this.#operation = operation;
    try {
      await this.#sampler?.stop();
      await work();
    } finally {
      this.#operation = null;
      if (!this.#stopped) {
        this.#sampler = new LagSampler(this.#writer, this.#instances[this.#writer].listen, this.#options.log);
      }
    }
  }

  #has(region: Region): boolean {
    return region === PROTECTED || this.#options.standby !== false;
  }

  #requireDatabase(region: Region): void {
    if (!this.#has(region)) throw new Error(`${region} has no database: this lab was started without a standby`);
  }

  #requireCandidate(region: Region): void {
    this.#requireDatabase(region);
    const { alive, frozen } = this.#instances[region];
    if (region === this.#writer) throw new Error(`${region} is the writer already; name ${otherRegion(region)}`);
    if (!alive || frozen) {
      throw new Error(
        `${region} is ${alive ? 'frozen' : 'not running'}, so it cannot become the writer; bring it back first`,
      );
    }
  }

  async #becameWriter(region: Region): Promise<void> {
    this.#writer = region;
    await this.#instances[region].query('select aurora.became_writer($1)', [region]);
    for (const listener of this.#writerListeners) listener();
  }

  /** Starts a region's database as the writer's standby and waits until it follows. */
  async #follow(region: Region): Promise<void> {
    const standby = this.#instances[region];
    this.#replication.get(this.#writer)?.restore();
    standby.setStandby(true);
    await standby.start();
    await standby.waitFor(`it follows ${this.#writer}`, STREAMING_DEADLINE_MS, () => this.streaming(region));
  }

  async #lay(template: string, region: Region): Promise<void> {
    const { dataDirectory } = this.#instances[region];
    await removeLeftover(dataDirectory);
    await copyFolder(template, dataDirectory);
    const archive = this.archiveFolder(region);
    if (archive === null) return;
    // Another lab's log under the same names would be taken for this one's.
    await rm(archive, { recursive: true, force: true });
    await mkdir(archive, { recursive: true });
    await requireReachable(path.dirname(archive), 'archive.dir');
    await giveToPostgres(archive);
  }

  async #listen(region: Region): Promise<void> {
    const { network, endpoints } = this.#options;
    const { database, replication } = endpoints.regions[region];
    const common = { place: region, to: behind(database) };
    this.#links.push(await network.link({ ...common, name: `database ${region}`, listen: database }));
    const link = await network.link({
      ...common,
      name: `replication ${region}`,
      listen: replication,
      replication: true,
      // Only the other region's standby dials it, and libpq cannot bind a source address.
      unboundFrom: otherRegion(region),
    });
    this.#links.push(link);
    this.#replication.set(region, link);
  }

  #describe(region: Region): Instance {
    const { endpoints, logDir, archive } = this.#options;
    const listen = behind(endpoints.regions[region].database);
    const folder = this.archiveFolder(region);
    return new Instance({
      name: region,
      binaries: this.#binaries,
      dataDirectory: this.#folder(region),
      listen,
      settings: clusterSettings(
        listen,
        endpoints.regions[otherRegion(region)].replication,
        region,
        archive && folder !== null ? { folder, timeoutSeconds: archive.timeoutSeconds } : null,
      ),
      log: path.join(logDir, `postgres-${region}.log`),
    });
  }

  #folder(name: string): string {
    return path.join(this.#options.dir, name);
  }
}
