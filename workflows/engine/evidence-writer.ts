import { ActivityFailure } from '@temporalio/workflow';
import type { EntryType, EvidenceDraft } from '../../domain/evidence.ts';
import type { Json } from '../../domain/json.ts';
import type { SignedStatement } from '../../domain/statement.ts';
import { patientEvidence, promptEvidence } from './activities.ts';
import { type ExecutionState, now } from './execution-state.ts';

/**
 * Writes an execution's ledger entries, one after the other. Evidence is awaited. When the store is down, a live
 * execution holds what it could not write in its own history and goes on; anything else stops before it changes something.
 */
export class EvidenceWriter {
  readonly #state: ExecutionState;
  readonly #held: EvidenceDraft[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(state: ExecutionState) {
    this.#state = state;
  }

  /** The entry's number, or `null` when it had to be held. Throws when this mode must not go on without evidence. */
  async append(
    type: EntryType,
    facts: Readonly<Record<string, Json>>,
    more: { readonly statement?: SignedStatement | null; readonly artefacts?: EvidenceDraft['artefacts'] } = {},
  ): Promise<string | null> {
    const { request } = this.#state.snapshot;
    const draft: EvidenceDraft = {
      type,
      executionId: request.executionId,
      service: request.service,
      at: now(),
      facts,
      statement: more.statement ?? null,
      artefacts: more.artefacts ?? [],
    };
    const mine = this.#turn.then(() => this.#write(draft));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Writes what is held, then the seal, for as long as it takes. */
  async seal(draft: EvidenceDraft): Promise<string> {
    await this.#turn;
    await this.#writeHeld(patientEvidence);
    const { entry } = await patientEvidence['engine.appendEvidence']({ draft, journal: true });
    return entry;
  }

  async #write(draft: EvidenceDraft): Promise<string | null> {
    try {
      await this.#writeHeld(promptEvidence);
      return (await promptEvidence['engine.appendEvidence']({ draft, journal: false })).entry;
    } catch (error) {
      if (!(error instanceof ActivityFailure) || this.#state.snapshot.request.mode !== 'live') throw error;
      this.#held.push(draft);
      this.#report();
      return null;
    }
  }

  async #writeHeld(store: typeof patientEvidence): Promise<void> {
    for (let held = this.#held[0]; held; held = this.#held[0]) {
      await store['engine.appendEvidence']({ draft: held, journal: false });
      this.#held.shift();
      this.#report();
    }
  }

  #report(): void {
    this.#state.update({ ledger: { ...this.#state.snapshot.ledger, held: this.#held.length } });
  }
}
