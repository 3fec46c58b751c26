import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import { parseGrant, parseWriter } from './lease-record.ts';
import type { LeaseGrant, LeaseStore, Writer } from './lease-store.ts';

const EPOCH_FILE = /^epoch-(\d{12})\.json$/;
const WRITER_FILE = /^[A-Za-z0-9][A-Za-z0-9._-]*\.json$/;
const WRITERS = 'writers';

/**
 * The write lease in a folder of the control place that every writer mounts (POSIX semantics: exclusive link, atomic
 * rename). The folder itself must exist: a store that made it would take a lost mount for an empty store.
 */
export class FolderLeaseStore implements LeaseStore {
  readonly folder: string;
  readonly #ttlMs: number;

  /** @param options.ttlMs how long one read of a grant made by this store entitles a writer to write. */
  constructor(options: { readonly folder: string; readonly ttlMs: number }) {
    this.folder = options.folder;
    this.#ttlMs = options.ttlMs;
  }

  async read(): Promise<LeaseGrant> {
    const newest = await this.#newestEpoch();
    if (newest > 0) return this.#grant(newest);
    throw new LifeboatError('DR_LEASE_STORE', `${this.folder} holds no grant: expected epoch-….json, found none`, {
      field: 'lease',
      remedy: 'Check that the lease folder is mounted, or give the first grant to the region that writes now.',
    });
  }

  async advance(toRegion: string, expectedEpoch: number): Promise<LeaseGrant> {
    const newest = await this.#newestEpoch();
    if (newest !== expectedEpoch) throw this.#epochChanged(expectedEpoch, newest);
    const grant: LeaseGrant = {
      epoch: expectedEpoch + 1,
      region: toRegion,
      advancedAt: new Date().toISOString(),
      ttlMs: this.#ttlMs,
      ...(newest === 0 ? {} : { previousTtlMs: (await this.#grant(newest)).ttlMs }),
    };
    await this.#ask(() => this.#create(grant)).catch((error: unknown) => {
      if (isCode(error, 'EEXIST')) throw this.#epochChanged(expectedEpoch, grant.epoch);
      throw error;
    });
    return grant;
  }

  async writers(): Promise<Writer[]> {
    const folder = join(this.folder, WRITERS);
    const names = await this.#ask(() => readdir(folder)).catch((error: unknown) => {
      // No writer registered yet is an empty list only where the store itself is there.
      if (isCode(error, 'ENOENT')) return this.#newestEpoch().then(() => []);
      throw error;
    });
    const found = await Promise.all(
      names.filter((name) => WRITER_FILE.test(name)).map((name) => this.#writer(join(folder, name))),
    );
    return found.filter((writer) => writer !== null);
  }

  async register(writer: Writer): Promise<void> {
    const path = this.#writerPath(writer.id);
    const temporary = join(this.folder, WRITERS, temporaryName(writer.id));
    const write = () => writeFile(temporary, JSON.stringify(writer));
    await this.#ask(async () => {
      await write().catch(async (error: unknown) => {
        if (!isCode(error, 'ENOENT')) throw error;
        await mkdir(join(this.folder, WRITERS)).catch((made: unknown) => {
          if (!isCode(made, 'EEXIST')) throw made;
        });
        await write();
      });
      await rename(temporary, path);
    });
  }

  async withdraw(id: string): Promise<void> {
    await this.#ask(() => rm(this.#writerPath(id), { force: true }));
  }

  async #grant(epoch: number): Promise<LeaseGrant> {
    const path = this.#epochPath(epoch);
    return parseGrant(await this.#ask(() => readFile(path, 'utf8')), path);
  }

  /** Written and flushed aside first, then linked to its final name: no reader sees half a grant, and one link wins. */
  async #create(grant: LeaseGrant): Promise<void> {
    const temporary = join(this.folder, temporaryName('epoch'));
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(JSON.stringify(grant));
      await file.sync();
      await link(temporary, this.#epochPath(grant.epoch));
    } finally {
      await file.close();
      await rm(temporary, { force: true });
    }
    const folder = await open(this.folder, 'r');
    await folder.sync().finally(() => folder.close());
  }

  async #newestEpoch(): Promise<number> {
    const names = await this.#ask(() => readdir(this.folder));
    return names.reduce((newest, name) => Math.max(newest, Number(EPOCH_FILE.exec(name)?.[1] ?? 0)), 0);
  }

  /** `null` for a writer that withdrew between the listing and the read. */
  async #writer(path: string): Promise<Writer | null> {
    try {
      return parseWriter(await this.#ask(() => readFile(path, 'utf8')), path);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  #epochPath(epoch: number): string {
    return join(this.folder, `epoch-${String(epoch).padStart(12, '0')}.json`);
  }

  #writerPath(id: string): string {
    const name = `${id}.json`;
    if (WRITER_FILE.test(name)) return join(this.folder, WRITERS, name);
    throw new LifeboatError('DR_LEASE_STORE', `writer id must be letters, digits, dots and dashes, found “${id}”`, {
      field: 'id',
      actual: id,
      retryable: false,
    });
  }

  #epochChanged(expected: number, actual: number): LifeboatError {
    return new LifeboatError(
      'DR_LEASE_EPOCH_CHANGED',
      `the write lease must stand at epoch ${expected} to be advanced, it stands at ${actual}`,
      { field: 'epoch', expected, actual },
    );
  }

  /** Runs a file operation; what the system refuses becomes `DR_LEASE_STORE` with the reason as its cause. */
  async #ask<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (error instanceof LifeboatError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const failure = new LifeboatError('DR_LEASE_STORE', `lease folder ${this.folder}: ${reason}`, { field: 'lease' });
      failure.cause = error;
      throw failure;
    }
  }
}

const temporaryName = (of: string): string => `.${of}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;

function isCode(error: unknown, code: string): boolean {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === code || isCode(error.cause, code);
}
