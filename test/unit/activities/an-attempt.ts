import { z } from 'zod';
import { type Implementation, implement } from '../../../activities/attempt/implement.ts';
import type { JournalPort } from '../../../activities/attempt/ports.ts';
import { AttemptFailure, runAttempt } from '../../../activities/attempt/run-attempt.ts';
import type { Clients } from '../../../activities/clients/clients.ts';
import { demandPermission, permitting } from '../../../activities/clients/permission.ts';
import { type Acted, type Call, call, type Decision, done } from '../../../domain/action.ts';
import type { AttemptRequest, AttemptResult } from '../../../domain/attempt.ts';
import { LifeboatError } from '../../../domain/errors.ts';
import type { JournalRecord } from '../../../domain/evidence.ts';
import type { Json } from '../../../domain/json.ts';
import type { Mode } from '../../../domain/mode.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { defineAction } from '../../../runbooks/language/action.ts';

export const setLamp: Call = {
  service: 'lamp',
  operation: 'Set',
  region: 'control',
  target: 'lamp',
  input: { on: true },
};

export const lampContract = defineAction({
  id: 'lamp.light',
  title: 'Light the lamp',
  role: 'prepare',
  effect: 'change',
  drill: 'safe',
  input: z.object({ lamp: z.string() }),
  output: z.object({ lit: z.boolean() }),
  permissions: ['lamp:Get', 'lamp:Set'],
  timeoutSeconds: 5,
});

/** A journal in memory that writes down what it was told beside what happened in the world. */
class MemoryJournal implements JournalPort {
  readonly records: JournalRecord[] = [];
  readonly log: string[];
  owner = 0;
  down = false;

  constructor(log: string[]) {
    this.log = log;
  }

  async append(record: JournalRecord): Promise<void> {
    this.#demandStore();
    this.records.push(record);
    this.log.push(record.kind);
  }

  async claim(_executionId: string, _stepId: string, attempt: number): Promise<void> {
    this.#demandStore();
    this.owner = Math.max(this.owner, attempt);
    this.log.push(`claim ${attempt}`);
  }

  async owns(_executionId: string, _stepId: string, attempt: number): Promise<boolean> {
    this.#demandStore();
    return this.owner <= attempt;
  }

  #demandStore(): void {
    if (this.down) throw new LifeboatError('DR_LEDGER_UNWRITABLE', 'the store is away');
  }
}

type Lighting = Implementation<{ lamp: string }, boolean, { lit: boolean }>;

/** A lamp, a journal, and one attempt to light it. Everything that happens is in `log`, in order. */
export class LampRig {
  readonly log: string[] = [];
  readonly journal = new MemoryJournal(this.log);
  readonly said: string[] = [];
  readonly cancelled = new AbortController();
  lit = false;
  owner = 1;
  /** What happens when the call is executed; by default the lamp goes on. */
  onCall: (call: Call) => Promise<Json> = async () => {
    this.lit = true;
    return { ok: true };
  };
  /** What happens when somebody looks; by default the lamp is seen as it is. */
  onLook: () => Promise<boolean> = async () => this.lit;
  decide: (lit: boolean, acted: Acted | null) => Decision<{ lit: boolean }> = (lit) =>
    lit ? done({ lit: true }) : call([setLamp], 'the lamp is dark', { lit: true });

  /** Executes something else than the calls decided on. */
  act: Lighting['act'];
  /** How a look is taken, instead of `onLook`. */
  observe: Lighting['observe'] = async () => {
    this.log.push('look');
    return this.onLook();
  };

  attempt(mode: Mode = 'live', more: Partial<AttemptRequest> = {}, contract = lampContract): Promise<AttemptResult> {
    const clients = {
      execute: async (made: Call): Promise<Json> => {
        demandPermission(made);
        this.log.push(`call ${made.operation}`);
        return this.onCall(made);
      },
    } as unknown as Clients;
    const implementation = implement(contract, {
      observe: this.observe,
      decide: (_input, lit, acted) => this.decide(lit, acted),
      ...(this.act && { act: this.act }),
    });
    const request: AttemptRequest = {
      executionId: 'ex-1',
      service: 'booking',
      mode,
      stepId: 'light',
      round: 0,
      input: { lamp: 'hall' },
      // Far longer than any of it takes: whoever wants to see time run out says when.
      timeoutSeconds: 25,
      ...more,
    };
    return runAttempt(implementation, request, {
      service: () => EXAMPLE_SERVICE,
      guardedClients: () => ({ clients, permitting }),
      journal: this.journal,
      progress: ({ says }) => this.said.push(says),
      signal: this.cancelled.signal,
      owner: this.owner,
    });
  }
}

/** How an attempt failed. */
export async function failureOf(attempt: Promise<unknown>): Promise<AttemptFailure> {
  try {
    await attempt;
  } catch (caught) {
    if (caught instanceof AttemptFailure) return caught;
    throw caught;
  }
  throw new Error('the attempt did not fail');
}
