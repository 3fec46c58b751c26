import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from '../database/binaries.ts';
import { openCopiedInstance } from '../database/copied-instance.ts';
import { Instance } from '../database/instance.ts';
import { copySettings } from '../database/settings.ts';
import { behind, type Endpoint } from '../topology.ts';

interface Options {
  readonly binaries: Binaries;
  /** Folder for copies that are opened to be read. */
  readonly copies: string;
  readonly logDir: string;
}

/** Above the ports that copies of the two regions' own databases take on the same addresses. */
const COPY_PORTS_FROM = 40;

/** Databases that were restored: made once, then started, stopped and deleted under their cluster's name. */
export class RestoredClusters {
  readonly #options: Options;
  readonly #clusters = new Map<string, { readonly folder: string; readonly made: Promise<void> }>();
  readonly #servers = new Map<string, Instance>();
  readonly #copies = new Set<{ close(): Promise<void> }>();
  #copyNumber = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Rejects, and forgets the cluster, when `make` does not bring its folder about. */
  async make(cluster: string, folder: string, make: () => Promise<void>): Promise<void> {
    if (this.#clusters.has(cluster)) throw new Error(`a cluster ${cluster} was restored already; delete it first`);
    const made = make().catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      this.#clusters.delete(cluster);
      throw error;
    });
    this.#clusters.set(cluster, { folder, made });
    await made;
  }

  async start(cluster: string, listen: Endpoint): Promise<void> {
    const { folder, made } = this.#find(cluster);
    await made;
    if (this.#servers.get(cluster)?.alive) throw new Error(`the server of ${cluster} runs already`);
    const server = new Instance({
      name: cluster,
      binaries: this.#options.binaries,
      dataDirectory: folder,
      listen,
      settings: copySettings(listen),
      log: this.#log(cluster),
    });
    this.#servers.set(cluster, server);
    await server.start();
  }

  /** Nothing to do for one that does not run. */
  async stop(cluster: string): Promise<void> {
    this.#find(cluster);
    await this.#servers.get(cluster)?.stop();
  }

  /** Nothing to do for one that is not there. Waits for one that is being made. */
  async delete(cluster: string): Promise<void> {
    const known = this.#clusters.get(cluster);
    if (!known) return;
    await known.made.catch(() => {});
    await this.#servers.get(cluster)?.stop();
    await rm(known.folder, { recursive: true, force: true });
    this.#servers.delete(cluster);
    this.#clusters.delete(cluster);
  }

  async openCopy(cluster: string): Promise<{ readonly endpoint: Endpoint; close(): Promise<void> }> {
    this.#find(cluster);
    const server = this.#servers.get(cluster);
    if (!server) throw new Error(`the server of ${cluster} never ran, so its copy has no address; start it first`);
    this.#copyNumber += 1;
    const number = this.#copyNumber;
    const aside = behind(server.listen);
    const copy = await openCopiedInstance({
      of: server,
      binaries: this.#options.binaries,
      folder: path.join(this.#options.copies, `copy-${number}-${encodeURIComponent(cluster)}`),
      // Ten in turn: nobody keeps more open at one time.
      listen: { host: aside.host, port: aside.port + COPY_PORTS_FROM + (number % 10) },
      log: this.#log(`copy-${cluster}`),
    });
    const opened = {
      endpoint: copy.endpoint,
      close: async (): Promise<void> => {
        await copy.close();
        this.#copies.delete(opened);
      },
    };
    this.#copies.add(opened);
    return opened;
  }

  /** Ends every server; the folders stay. Whatever is being made must have been ended before. */
  async close(): Promise<void> {
    await Promise.all([...this.#clusters.values()].map(({ made }) => made.catch(() => {})));
    await Promise.all([...this.#copies].map((copy) => copy.close()));
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
  }

  #find(cluster: string): { readonly folder: string; readonly made: Promise<void> } {
    const known = this.#clusters.get(cluster);
    if (!known) {
      const names = [...this.#clusters.keys()].join(', ') || 'none';
      throw new Error(`no restored cluster ${cluster}; there are: ${names}`);
    }
    return known;
  }

  #log(name: string): string {
    return path.join(this.#options.logDir, `postgres-${encodeURIComponent(name)}.log`);
  }
}
