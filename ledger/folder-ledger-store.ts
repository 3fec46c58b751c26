import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import { ledgerNumber } from '../domain/ids.ts';
import { createDurably, makeFolder, tryDurably } from './create-durably.ts';
import type { LedgerStore } from './ledger-store.ts';

export const ENTRY_FILE = /^\d{12}\.json$/;

/**
 * `<folder>/ledger/<12 digits>.json` and `<folder>/artefacts/<sha256>`. Folders are made by the first write of the process,
 * once: when the file system goes away later, writing fails instead of beginning a second ledger beneath the mount point.
 */
export class FolderLedgerStore implements LedgerStore {
  readonly location: string;
  readonly #entries: string;
  readonly #artefacts: string;
  readonly #pending: string;
  #prepared: Promise<void> | null = null;

  constructor(folder: string) {
    this.location = folder;
    this.#entries = join(folder, 'ledger');
    this.#artefacts = join(folder, 'artefacts');
    this.#pending = join(folder, 'pending');
  }

  async list(): Promise<readonly number[]> {
    const names = await orNull(readdir(this.#entries));
    return (names ?? [])
      .filter((name) => ENTRY_FILE.test(name))
      .map((name) => Number(name.slice(0, 12)))
      .sort((one, other) => one - other);
  }

  read(sequence: number): Promise<Buffer | null> {
    return orNull(readFile(this.#entryPath(sequence)));
  }

  async create(sequence: number, bytes: Uint8Array): Promise<boolean> {
    await this.#prepare();
    return createDurably(this.#entryPath(sequence), bytes, this.#pending);
  }

  async keepArtefact(digest: string, bytes: Uint8Array): Promise<void> {
    await this.#prepare();
    const there = await this.readArtefact(digest);
    if (there === null) {
      await createDurably(this.#artefactPath(digest), bytes, this.#pending);
    } else if (!there.equals(bytes)) {
      throw new LifeboatError('DR_LEDGER_CORRUPT', `artefact ${digest} has other content than its name says`, {
        field: `artefacts/${digest}`,
      });
    }
  }

  readArtefact(digest: string): Promise<Buffer | null> {
    return orNull(readFile(this.#artefactPath(digest)));
  }

  /** Whether an entry could be written now: everything but giving it its name is done, and taken away again. */
  async writable(): Promise<boolean> {
    try {
      await this.#prepare();
      await tryDurably(this.#pending);
      return true;
    } catch {
      return false;
    }
  }

  readonly #entryPath = (sequence: number): string => join(this.#entries, `${ledgerNumber(sequence)}.json`);
  readonly #artefactPath = (digest: string): string => join(this.#artefacts, digest);

  /** Kept only when it worked, so that a store that was down at first can come up. */
  #prepare(): Promise<void> {
    this.#prepared ??= Promise.all([this.#entries, this.#artefacts, this.#pending].map(makeFolder)).then(
      () => {},
      (caught: unknown) => {
        this.#prepared = null;
        throw caught;
      },
    );
    return this.#prepared;
  }
}

/** Not there is an answer; anything else is an error. */
async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new LifeboatError(
      'DR_LEDGER_UNWRITABLE',
      `the evidence store cannot be read (${(caught as Error).message})`,
      {
        field: 'control.evidence',
      },
    );
  }
}
