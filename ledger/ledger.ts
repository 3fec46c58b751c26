import { LifeboatError } from '../domain/errors.ts';
import type { EntryType, EvidenceDraft } from '../domain/evidence.ts';
import type { Identity } from '../identity/load-identity.ts';
import { decodeEntry, encodeEntry, type PreparedDraft, prepareDraft } from './ledger-entry.ts';
import { LedgerReader } from './ledger-reader.ts';
import type { LedgerStore } from './ledger-store.ts';

export interface AppendedEntry {
  /** `000000000042` */
  readonly entry: string;
  /** SHA-256 of the entry's file, hex. */
  readonly digest: string;
}

/** An execution is opened once and sealed once; what is to be said later is an addendum. */
const ONCE: ReadonlySet<EntryType> = new Set<EntryType>(['opened', 'sealed']);

/**
 * The signed chain. Any number of processes may append to one store: a number is taken by creating its file, and whoever
 * comes second goes on to the next.
 */
export class Ledger extends LedgerReader {
  readonly #key: Pick<Identity, 'privateKey' | 'keyId'>;
  #appending: Promise<unknown> = Promise.resolve();

  constructor(store: LedgerStore, key: Pick<Identity, 'privateKey' | 'keyId'>) {
    super(store);
    this.#key = key;
  }

  /**
   * Appends, durably: when it returns, artefacts and entry survive a power cut. The same draft again (a retry whose first
   * answer was lost) returns the entry it already has.
   * @throws LifeboatError DR_LEDGER_UNWRITABLE; DR_LEDGER_CONFLICT when the execution was opened or sealed in other words.
   */
  append(draft: EvidenceDraft): Promise<AppendedEntry> {
    const appended = this.#appending.then(() => this.#append(prepareDraft(draft)));
    this.#appending = appended.catch(() => {});
    return appended;
  }

  async #append(prepared: PreparedDraft): Promise<AppendedEntry> {
    await this.index.catchUp();
    let artefactsKept = false;
    for (;;) {
      const before = this.#alreadyThere(prepared);
      if (before) return before;
      if (!artefactsKept) {
        await Promise.all(prepared.artefacts.map(({ digest, bytes }) => this.store.keepArtefact(digest, bytes)));
        artefactsKept = true;
      }
      const last = this.index.last;
      const sequence = (last?.sequence ?? 0) + 1;
      const bytes = encodeEntry(prepared, { sequence, previous: last?.digest ?? null }, this.#key);
      if (await this.store.create(sequence, bytes)) {
        const { entry } = decodeEntry(bytes, sequence);
        this.index.add(entry);
        return { entry: entry.entry, digest: entry.digest };
      }
      // Somebody took the number: learn who, see whether it was us, else try the next.
      await this.index.catchUp();
    }
  }

  #alreadyThere({ digest, draft }: PreparedDraft): AppendedEntry | null {
    const same = this.index.ofDraft(digest);
    if (same) return { entry: same.entry, digest: same.digest };
    if (!ONCE.has(draft.type)) return null;
    const other = this.index.ofExecution(draft.executionId).find(({ type }) => type === draft.type);
    if (!other) return null;
    throw new LifeboatError(
      'DR_LEDGER_CONFLICT',
      `execution '${draft.executionId}' was ${draft.type} by entry ${other.entry}, in other words`,
      { field: 'type', actual: draft.type, expected: 'addendum' },
    );
  }
}
