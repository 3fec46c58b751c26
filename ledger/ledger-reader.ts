import type { Json } from '../domain/json.ts';
import { decodeEntry, type LedgerEntry } from './ledger-entry.ts';
import { type IndexedEntry, LedgerIndex } from './ledger-index.ts';
import type { LedgerStore } from './ledger-store.ts';

/** Everything the ledger holds about one execution, in order. */
export interface ExecutionEvidence {
  readonly executionId: string;
  readonly opened: LedgerEntry | null;
  readonly sealed: LedgerEntry | null;
  readonly entries: readonly LedgerEntry[];
}

/** An execution by its first entry and, once it ended, its last. */
export interface OpenedExecution {
  readonly executionId: string;
  readonly opened: LedgerEntry;
  readonly sealed: LedgerEntry | null;
}

/**
 * Reads a ledger without a key and without verifying it: `verifyLedger` does that.
 * Every method throws LifeboatError DR_LEDGER_CORRUPT when an entry it needs cannot be read.
 */
export class LedgerReader {
  protected readonly store: LedgerStore;
  protected readonly index: LedgerIndex;

  constructor(store: LedgerStore) {
    this.store = store;
    this.index = new LedgerIndex(store);
  }

  /** Entries from a number on, ascending. */
  async *read(from = 1): AsyncIterable<LedgerEntry> {
    for (const sequence of await this.store.list()) {
      if (sequence < from) continue;
      const entry = await this.entry(sequence);
      if (entry) yield entry;
    }
  }

  async entry(sequence: number): Promise<LedgerEntry | null> {
    const bytes = await this.store.read(sequence);
    return bytes && decodeEntry(bytes, sequence).entry;
  }

  /** `null` when the ledger never heard of it. */
  async findExecution(executionId: string): Promise<ExecutionEvidence | null> {
    await this.index.catchUp();
    const entries = await this.#full(this.index.ofExecution(executionId));
    if (entries.length === 0) return null;
    const ofType = (type: string): LedgerEntry | null => entries.find((entry) => entry.type === type) ?? null;
    return { executionId, opened: ofType('opened'), sealed: ofType('sealed'), entries };
  }

  /** `opened` entries of executions that were never sealed, oldest first: in flight, or interrupted. */
  async unsealed(service?: string): Promise<readonly LedgerEntry[]> {
    await this.index.catchUp();
    const found: IndexedEntry[] = [];
    for (const [executionId, entries] of this.index.executions()) {
      const opened = entries.find(({ type }) => type === 'opened');
      if (!opened || this.index.has(executionId, 'sealed')) continue;
      if (service === undefined || opened.service === service) found.push(opened);
    }
    return this.#full(found);
  }

  /** Executions as they were opened and sealed, the newest first; each is read only when it is asked for. */
  async *newestFirst(service?: string): AsyncIterable<OpenedExecution> {
    await this.index.catchUp();
    for (const [executionId, entries] of [...this.index.executions()].reverse()) {
      const opened = entries.find(({ type }) => type === 'opened');
      if (!opened || (service !== undefined && opened.service !== service)) continue;
      const sealed = entries.find(({ type }) => type === 'sealed');
      const [openedEntry, sealedEntry] = await this.#full(sealed ? [opened, sealed] : [opened]);
      if (openedEntry) yield { executionId, opened: openedEntry, sealed: sealedEntry ?? null };
    }
  }

  /** An artefact named by an entry, `null` when it is not there. */
  async artefact(sha256: string): Promise<Json | null> {
    const bytes = await this.store.readArtefact(sha256);
    return bytes && (JSON.parse(bytes.toString('utf8')) as Json);
  }

  async #full(indexed: readonly IndexedEntry[]): Promise<readonly LedgerEntry[]> {
    const entries = await Promise.all(indexed.map(({ sequence }) => this.entry(sequence)));
    return entries.filter((entry) => entry !== null);
  }
}
