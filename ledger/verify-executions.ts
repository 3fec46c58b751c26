import { z } from 'zod';
import { LifeboatError } from '../domain/errors.ts';
import type { Person } from '../domain/service.ts';
import { verifyStatement } from '../identity/verify-statement.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { LedgerProblem } from './ledger-problem.ts';

interface Execution {
  readonly opened: string;
  /** Recorded when it was opened; `null` when nobody was. */
  readonly people: readonly Person[] | null;
  sealed: string | null;
  /** The asker's statement did not verify: rightly so when that is why the execution was refused. */
  unverifiedStart: LedgerProblem | null;
}

const peopleSchema = z.array(
  z.object({ id: z.string(), roles: z.array(z.enum(['operator', 'approver'])), publicKey: z.string() }),
);

/** What entries must say together: each execution opened first and once, sealed at most once, statements that verify. */
export class ExecutionChecks {
  readonly #executions = new Map<string, Execution>();
  readonly #drafts = new Map<string, string>();

  get count(): number {
    return this.#executions.size;
  }

  unsealed(): readonly string[] {
    return [...this.#executions].filter(([, { sealed }]) => sealed === null).map(([executionId]) => executionId);
  }

  add(entry: LedgerEntry): readonly LedgerProblem[] {
    const problems = [...this.#repeated(entry), ...this.#order(entry)];
    const statement = this.#statement(entry);
    if (!statement) return problems;
    if (entry.type !== 'opened') return [...problems, statement];
    const execution = this.#executions.get(entry.executionId)!;
    execution.unverifiedStart = statement;
    return problems;
  }

  /** What only the end of the ledger can tell. */
  finish(): readonly LedgerProblem[] {
    return [...this.#executions.values()]
      .map(({ unverifiedStart }) => unverifiedStart)
      .filter((found) => found !== null);
  }

  #repeated({ entry, draft }: LedgerEntry): readonly LedgerProblem[] {
    const earlier = this.#drafts.get(draft);
    if (earlier !== undefined) return [{ entry, kind: 'tampered', says: `repeats entry ${earlier}` }];
    this.#drafts.set(draft, entry);
    return [];
  }

  #order({ entry, type, executionId, facts }: LedgerEntry): readonly LedgerProblem[] {
    const execution = this.#executions.get(executionId);
    if (type === 'opened') {
      if (execution) {
        const says = `opens '${executionId}', which entry ${execution.opened} opened`;
        return [{ entry, kind: 'tampered', says }];
      }
      const people = peopleSchema.safeParse(facts['people']);
      this.#executions.set(executionId, {
        opened: entry,
        people: people.success && people.data.length > 0 ? people.data : null,
        sealed: null,
        unverifiedStart: null,
      });
      return [];
    }
    if (type === 'key_rotated') return [];
    if (!execution) {
      return [{ entry, kind: 'incomplete', says: `is about '${executionId}', which no entry before it opened` }];
    }
    if (type !== 'sealed') return [];
    if (execution.sealed !== null) {
      return [{ entry, kind: 'tampered', says: `seals '${executionId}', which entry ${execution.sealed} sealed` }];
    }
    execution.sealed = entry;
    if (facts['outcome'] === 'refused') execution.unverifiedStart = null;
    return [];
  }

  /** A denied statement may well be forged: that is why it was denied, and nothing stands on it. */
  #statement({ entry, type, executionId, statement }: LedgerEntry): LedgerProblem | null {
    const people = this.#executions.get(executionId)?.people;
    if (!statement || !people || type === 'denied') return null;
    const tampered = (says: string): LedgerProblem => ({ entry, kind: 'tampered', says });
    try {
      const verified = verifyStatement(statement, people);
      if (verified.statement.executionId === executionId) return null;
      return tampered(`stands on a statement about '${verified.statement.executionId}', another execution`);
    } catch (caught) {
      if (!(caught instanceof LifeboatError)) throw caught;
      return tampered(`stands on a statement that does not verify: ${caught.message}`);
    }
  }
}
