import type { Json } from './json.ts';
import type { Mode, Purpose } from './mode.ts';

/** What a person signs to start an execution. */
export interface StartStatement {
  readonly type: 'start';
  readonly person: string;
  readonly executionId: string;
  readonly runbook: string;
  readonly service: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly mode: Mode;
  readonly purpose: Purpose;
  readonly reason: string;
  readonly planDigest: string | null;
  readonly issuedAt: string;
}

/** What a person signs at a gate: exactly what they were shown. */
export interface GateStatement {
  readonly type: 'approve' | 'deny';
  readonly person: string;
  readonly executionId: string;
  readonly gateId: string;
  readonly planDigest: string;
  readonly factsDigest: string;
  /** The bounds as they read, in plan order. */
  readonly bounds: readonly string[];
  /** Ids of bounds whose value is unknown and which this person accepts so. */
  readonly accepts: readonly string[];
  readonly reason: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** What a person signs to skip a step or to abort. */
export interface StepStatement {
  readonly type: 'skip' | 'abort';
  readonly person: string;
  readonly executionId: string;
  /** `null` for abort. */
  readonly stepId: string | null;
  readonly planDigest: string;
  readonly reason: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

export type Statement = StartStatement | GateStatement | StepStatement;

/** A DSSE envelope (https://github.com/secure-systems-lab/dsse): the exact bytes signed, their type, the signatures. */
export interface SignedStatement {
  readonly payloadType: string;
  /** Base64 of the statement's JSON bytes. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}
