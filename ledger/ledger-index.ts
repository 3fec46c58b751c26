import type { EntryType } from '../domain/evidence.ts';
import { decodeEntry, type LedgerEntry } from './ledger-entry.ts';
import type { LedgerStore } from './ledger-store.ts';
import { sha256 } from './sha256.ts';

/** What is remembered of an entry; its content stays in the store. */
export type IndexedEntry = Pick<
  LedgerEntry,
  'entry' | 'sequence' | 'digest' | 'type' | 'executionId' | 'service' | 'draft'
>;

/** What the next entry needs of the one before it. */
type Link = Pick<LedgerEntry, 'sequence' | 'digest'>;

/** Entries read at a time while the index is built. */
const READ_AHEAD = 64;

/**
 * What a process knows of the ledger: built by one listing, then kept up by reading on from the last entry known, so that
 * the next number costs one read and not a listing.
 */
export class LedgerIndex {
  readonly #store: LedgerStore;
  readonly #byDraft = new Map<string, IndexedEntry>();
  readonly #byExecution = new Map<string, IndexedEntry[]>();
  #last: Link | null = null;
  #listed = false;
  #catchingUp: Promise<void> | null = null;

  constructor(store: LedgerStore) {
    this.#store = store;
  }

  get last(): Link | null {
    return this.#last;
  }

  ofDraft(draft: string): IndexedEntry | null {
    return this.#byDraft.get(draft) ?? null;
  }

  ofExecution(executionId: string): readonly IndexedEntry[] {
    return this.#byExecution.get(executionId) ?? [];
  }

  /** Executions in the order in which their first entry was written. */
  executions(): Iterable<readonly [string, readonly IndexedEntry[]]> {
    return this.#byExecution;
  }

  has(executionId: string, type: EntryType): boolean {
    return this.ofExecution(executionId).some((entry) => entry.type === type);
  }

  /** Takes in what others wrote since. */
  async catchUp(): Promise<void> {
    this.#catchingUp ??= this.#readOn().finally(() => {
      this.#catchingUp = null;
    });
    await this.#catchingUp;
  }

  add(entry: IndexedEntry): void {
    if (this.#last && entry.sequence <= this.#last.sequence) return;
    const { entry: number, sequence, digest, type, executionId, service, draft } = entry;
    const indexed = { entry: number, sequence, digest, type, executionId, service, draft };
    this.#last = { sequence, digest };
    this.#byDraft.set(draft, indexed);
    const siblings = this.#byExecution.get(executionId);
    if (siblings) siblings.push(indexed);
    else this.#byExecution.set(executionId, [indexed]);
  }

  async #readOn(): Promise<void> {
    if (!this.#listed) {
      const sequences = await this.#store.list();
      for (let from = 0; from < sequences.length; from += READ_AHEAD) {
        const batch = sequences.slice(from, from + READ_AHEAD);
        const files = await Promise.all(batch.map((sequence) => this.#store.read(sequence)));
        files.forEach((bytes, index) => {
          if (bytes) this.#takeIn(bytes, batch[index]!);
        });
      }
      this.#listed = true;
    }
    for (let sequence = (this.#last?.sequence ?? 0) + 1; ; sequence++) {
      const bytes = await this.#store.read(sequence);
      if (!bytes) return;
      this.#takeIn(bytes, sequence);
    }
  }

  /**
   * An entry that cannot be read is chained on all the same: a tampered record must not keep a failover from being
   * recorded, and verifying reports it.
   */
  #takeIn(bytes: Buffer, sequence: number): void {
    try {
      this.add(decodeEntry(bytes, sequence).entry);
    } catch {
      this.#last = { sequence, digest: sha256(bytes) };
    }
  }
}
