import type { ExecutionSummary, ExecutionView, LifeboatClient } from '../../../client/lifeboat-client.ts';
import type { LifeboatSchedules } from '../../../client/lifeboat-schedules.ts';
import type { CommandReceipt } from '../../../domain/commands.ts';
import { LifeboatError } from '../../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../../../domain/execution.ts';
import type { SignedStatement } from '../../../domain/statement.ts';

/** What reached the other end: name of the method, and its arguments. */
export type Sent = readonly [string, ...unknown[]];

/**
 * The other end of the command line: answers views one after the other (the last one again and again; an error is
 * thrown) and keeps what was sent. It is not Temporal and judges nothing.
 */
export class ScriptedClient implements LifeboatClient {
  readonly sent: Sent[] = [];
  /** Thrown by the next command. */
  refusal: LifeboatError | null = null;
  summaries: readonly ExecutionSummary[] = [];
  dryRunAnswer: ExecutionSnapshot | null = null;
  closed = false;
  /** Set by tests that are about schedules. */
  schedules: LifeboatSchedules = undefined as unknown as LifeboatSchedules;
  readonly #views: (ExecutionView | LifeboatError)[];

  constructor(...views: (ExecutionView | LifeboatError)[]) {
    this.#views = views;
  }

  async view(): Promise<ExecutionView> {
    const next = this.#views.length > 1 ? this.#views.shift() : this.#views[0];
    if (next === undefined) throw new LifeboatError('DR_EXECUTION_UNKNOWN', 'neither Temporal nor the ledger knows it');
    if (next instanceof LifeboatError) throw next;
    return next;
  }

  async start(request: ExecutionRequest) {
    this.#take('start', request);
    return { workflowId: `live/${request.service}`, runId: 'run-1' };
  }

  async dryRun(request: ExecutionRequest): Promise<ExecutionSnapshot> {
    this.#take('dryRun', request);
    return this.dryRunAnswer!;
  }

  approve = async (...words: [string, string, SignedStatement]) => this.#take('approve', ...words);
  deny = async (...words: [string, string, SignedStatement]) => this.#take('deny', ...words);
  skip = async (...words: [string, string, SignedStatement]) => this.#take('skip', ...words);
  abort = async (...words: [string, SignedStatement]) => this.#take('abort', ...words);
  pause = async (...words: [string, string, string]) => this.#take('pause', ...words);
  resume = async (...words: [string, string, string]) => this.#take('resume', ...words);
  retry = async (...words: [string, string, string, string]) => this.#take('retry', ...words);

  async list(): Promise<readonly ExecutionSummary[]> {
    return this.summaries;
  }

  async health() {
    return { serverVersion: '1.29.0', workers: 1, namespace: 'default' };
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #take(...sent: Sent): CommandReceipt {
    this.sent.push(sent);
    if (this.refusal) throw this.refusal;
    return { accepted: true, says: `${sent[0]} counted`, ledgerEntry: '000000000319' };
  }
}
