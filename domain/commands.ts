import type { SignedStatement } from './statement.ts';

/** Names of the messages an execution answers. Clients and the engine share them. */
export const COMMANDS = ['approve', 'deny', 'pause', 'resume', 'retry', 'skip', 'abort'] as const;
export type CommandName = (typeof COMMANDS)[number];

/** Commands that carry somebody's signature. */
export interface SignedCommand {
  /** Gate id for approve and deny, step id for skip, empty for abort. */
  readonly target: string;
  readonly signed: SignedStatement;
}

/** Commands that only steer: pause, resume, retry. */
export interface SteeringCommand {
  /** Step id for retry, empty otherwise. */
  readonly target: string;
  readonly person: string;
  readonly reason: string;
}

export interface CommandReceipt {
  readonly accepted: true;
  readonly says: string;
  readonly ledgerEntry: string | null;
}

export const EXECUTION_STATUS_QUERY = 'executionStatus';
export const WAKE_SIGNAL = 'wake';
