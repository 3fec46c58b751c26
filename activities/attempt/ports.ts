import type { Call } from '../../domain/action.ts';
import type { AttemptProgress } from '../../domain/attempt.ts';
import type { JournalRecord } from '../../domain/evidence.ts';
import type { Mode } from '../../domain/mode.ts';
import type { Service } from '../../domain/service.ts';
import type { Clients } from '../clients/clients.ts';

/** Clients of one mode, and the only way to let a mutating call through. */
export interface GuardedClients {
  readonly clients: Clients;
  /** Runs `work` with exactly these calls permitted; everything else that changes something is refused unsent. */
  permitting<Result>(calls: readonly Call[], work: () => Promise<Result>): Promise<Result>;
}

/** Where attempts write what they are about to do and what came of it. Writes are awaited and durable. */
export interface JournalPort {
  append(record: JournalRecord): Promise<void>;
  /** Makes this attempt the step's owner, unless a higher one has claimed it. */
  claim(executionId: string, stepId: string, attempt: number): Promise<unknown>;
  owns(executionId: string, stepId: string, attempt: number): Promise<boolean>;
}

/** What one attempt is given by the worker. */
export interface AttemptPorts {
  service(name: string): Service;
  guardedClients(service: Service, mode: Mode): GuardedClients;
  readonly journal: JournalPort;
  /** Told on every change of what the attempt waits for; heartbeats go out on a timer of their own. */
  progress(progress: AttemptProgress): void;
  readonly signal: AbortSignal;
  /** This attempt's owner number: the engine's round plus the worker's own retry. */
  readonly owner: number;
}
