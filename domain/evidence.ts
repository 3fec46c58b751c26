import type { Json } from './json.ts';
import type { SignedStatement } from './statement.ts';

export const ENTRY_TYPES = ['opened', 'approved', 'denied', 'sealed', 'addendum', 'key_rotated'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

/** What somebody wants kept. Fields are allow-listed by whoever builds it; nothing is copied in whole from a reply. */
export interface EvidenceDraft {
  readonly type: EntryType;
  readonly executionId: string;
  readonly service: string;
  readonly at: string;
  /** Small facts kept in the entry itself. */
  readonly facts: Readonly<Record<string, Json>>;
  /** The person's own signed words, when the entry stands on them. */
  readonly statement: SignedStatement | null;
  /** Larger records, stored by content and named in the entry by SHA-256. */
  readonly artefacts: readonly { readonly name: string; readonly json: Json }[];
}

/** One step's intent or result, written inside the attempt, before and after the act. */
export interface JournalRecord {
  readonly executionId: string;
  readonly stepId: string;
  /** Monotonic owner number of the attempt: the highest owns the step. */
  readonly attempt: number;
  readonly kind: 'intent' | 'result' | 'refusal' | 'failure';
  readonly at: string;
  readonly body: Json;
}
