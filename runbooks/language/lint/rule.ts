import type { Draft } from '../draft.ts';

/** What a rule found at one step or gate, or at the runbook as a whole (`null`). */
export interface Breach {
  readonly node: string | null;
  readonly says: string;
}

/** One thing a runbook must not do. Pure: it reads the draft, never the world. */
export interface Rule {
  readonly id: string;
  /** The rule as a sentence, for people. */
  readonly says: string;
  check(draft: Draft): readonly Breach[];
}
