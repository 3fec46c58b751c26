/** Where entries and artefacts lie. Nothing in it can be overwritten; a conditional-write object store fits as well as a folder. */
export interface LedgerStore {
  /** For people: what to name in a message. */
  readonly location: string;
  /** Numbers of the entries there, ascending. Empty when there is no ledger yet. */
  list(): Promise<readonly number[]>;
  /** `null` when there is no such entry. */
  read(sequence: number): Promise<Buffer | null>;
  /**
   * Creates the entry durably. `false` when the number is taken: by another writer, or by ourselves when the answer to an
   * earlier try was lost.
   */
  create(sequence: number, bytes: Uint8Array): Promise<boolean>;
  /** Stores an artefact durably under the digest of its bytes; one that is there already stays. */
  keepArtefact(digest: string, bytes: Uint8Array): Promise<void>;
  /** `null` when there is no such artefact. */
  readArtefact(digest: string): Promise<Buffer | null>;
}
