/** Something in the ledger that does not verify. */
export interface LedgerProblem {
  /** Number of the entry, `000000000042`, or the file's name when it is no entry. */
  readonly entry: string;
  /** `tampered`: something there is not what was signed. `incomplete`: something is missing. */
  readonly kind: 'tampered' | 'incomplete';
  readonly says: string;
}
