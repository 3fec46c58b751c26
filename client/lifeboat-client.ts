import type { CommandReceipt } from '../domain/commands.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../domain/execution.ts';
import type { SignedStatement } from '../domain/statement.ts';
import type { LifeboatSchedules } from './lifeboat-schedules.ts';

/** What a step in flight last said about itself: read from Temporal's heartbeats, so it survives the CLI. */
export interface StepProgress {
  readonly stepId: string;
  readonly attempt: number;
  readonly says: string;
  readonly observations: number;
  /** Absent while the first try runs: why the last try of the worker ended. */
  readonly lastFailure: string | null;
}

export interface ExecutionView {
  readonly snapshot: ExecutionSnapshot;
  readonly progress: readonly StepProgress[];
  /** No worker polled lately: what is shown is the last known state. */
  readonly workerSeen: boolean;
}

export interface ExecutionSummary {
  readonly executionId: string;
  readonly workflowId: string;
  readonly runbook: string;
  readonly service: string;
  readonly mode: string;
  readonly purpose: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: string;
  readonly requestedBy: string;
  readonly ledgerEntry: string | null;
}

/** Starts, steers and reads executions. Every method has a deadline and throws `LifeboatError`. */
export interface LifeboatClient {
  /** What runs by itself. */
  readonly schedules: LifeboatSchedules;
  /** Starts and returns at once; a second live start of a service is refused, naming the holder. */
  start(request: ExecutionRequest): Promise<{ readonly workflowId: string; readonly runId: string }>;
  /** Starts a dry run and waits for its end. */
  dryRun(request: ExecutionRequest): Promise<ExecutionSnapshot>;
  view(executionId: string): Promise<ExecutionView>;
  approve(executionId: string, gateId: string, signed: SignedStatement): Promise<CommandReceipt>;
  deny(executionId: string, gateId: string, signed: SignedStatement): Promise<CommandReceipt>;
  skip(executionId: string, stepId: string, signed: SignedStatement): Promise<CommandReceipt>;
  abort(executionId: string, signed: SignedStatement): Promise<CommandReceipt>;
  pause(executionId: string, person: string, reason: string): Promise<CommandReceipt>;
  resume(executionId: string, person: string, reason: string): Promise<CommandReceipt>;
  retry(executionId: string, stepId: string, person: string, reason: string): Promise<CommandReceipt>;
  /** Newest first: running ones from Temporal, ended ones from the ledger. */
  list(filter: { readonly service?: string; readonly limit: number }): Promise<readonly ExecutionSummary[]>;
  /** Whether the server answers and a worker polls, for `doctor`. */
  health(): Promise<{ readonly serverVersion: string; readonly workers: number; readonly namespace: string }>;
  close(): Promise<void>;
}
