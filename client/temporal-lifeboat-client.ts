import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import {
  type CommandName,
  type CommandReceipt,
  EXECUTION_STATUS_QUERY,
  type SignedCommand,
  type SteeringCommand,
  WAKE_SIGNAL,
} from '../domain/commands.ts';
import { LifeboatError } from '../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../domain/execution.ts';
import { workflowIdOf } from '../domain/ids.ts';
import type { Configuration } from '../domain/service.ts';
import type { SignedStatement } from '../domain/statement.ts';
import { FolderLedgerStore } from '../ledger/folder-ledger-store.ts';
import { LedgerReader } from '../ledger/ledger-reader.ts';
import { runbookById } from '../runbooks/registry.ts';
import { clientFailure } from './client-failure.ts';
import { findExecution } from './find-execution.ts';
import { history } from './history.ts';
import type { ExecutionSummary, ExecutionView, LifeboatClient } from './lifeboat-client.ts';
import { stepProgress } from './step-progress.ts';
import { TemporalSchedules } from './temporal-schedules.ts';

const CALL_MS = 5_000;
/** How long a command waits for a worker before its sender is told that it waits. */
const COMMAND_MS = 60_000;
/** A server that refuses at once must not be asked again at once. */
const LONGEST_PAUSE_MS = 500;
const DRY_RUN_MS = 180_000;

/** A connection made when first asked for. */
export interface TemporalConnection {
  get(): Promise<Client>;
  close(): Promise<void>;
}

/** The client over Temporal for what runs, and over the ledger for what ended. */
export class TemporalLifeboatClient implements LifeboatClient {
  readonly schedules: TemporalSchedules;
  readonly #configuration: Configuration;
  readonly #temporal: TemporalConnection;
  readonly #ledger: LedgerReader;

  constructor(configuration: Configuration, temporal: TemporalConnection) {
    this.#configuration = configuration;
    this.#temporal = temporal;
    this.#ledger = new LedgerReader(new FolderLedgerStore(configuration.control.evidence));
    this.schedules = new TemporalSchedules(configuration, this.#ledger, (work, deadlineMs) =>
      this.#call('', work, deadlineMs),
    );
  }

  async start(request: ExecutionRequest) {
    const runbook = runbookById(request.runbook);
    const workflowId = workflowIdOf({ ...request, exclusive: runbook.exclusive });
    return this.#call(request.executionId, async (client) => {
      try {
        const handle = await client.workflow.start(runbook.workflow, {
          workflowId,
          taskQueue: this.#configuration.temporal.taskQueue,
          args: [request],
          // With the default of 10 s, a worker killed during a workflow task delays the next one by as much.
          workflowTaskTimeout: '3s',
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
          memo: { executionId: request.executionId, requestedBy: request.requestedBy },
          staticSummary: `${request.mode} ${request.runbook} of ${request.service}, asked by ${request.requestedBy}`,
        });
        return { workflowId, runId: handle.firstExecutionRunId };
      } catch (caught) {
        if (caught instanceof WorkflowExecutionAlreadyStartedError)
          throw await this.#alreadyLive(client, request, workflowId);
        throw caught;
      }
    });
  }

  async dryRun(request: ExecutionRequest): Promise<ExecutionSnapshot> {
    const { workflowId, runId } = await this.start(request);
    return this.#call(
      request.executionId,
      (client) => client.workflow.getHandle(workflowId, runId).result() as Promise<ExecutionSnapshot>,
      DRY_RUN_MS,
    );
  }

  async view(executionId: string): Promise<ExecutionView> {
    const sealed = await this.#sealed(executionId);
    if (sealed) return { snapshot: sealed, progress: [], workerSeen: true };
    return this.#call(executionId, async (client) => {
      const { workflowId, runId } = await this.#find(client, executionId);
      const handle = client.workflow.getHandle(workflowId, runId);
      const description = await handle.describe();
      if (['TERMINATED', 'TIMED_OUT', 'FAILED', 'CANCELLED'].includes(description.status.name)) {
        throw new LifeboatError(
          'DR_EXECUTION_INTERRUPTED',
          `${executionId}: its workflow was ${description.status.name.toLowerCase()} without sealing the record`,
          {
            field: 'execution',
            actual: executionId,
          },
        );
      }
      const snapshot = await handle.query<ExecutionSnapshot>(EXECUTION_STATUS_QUERY);
      return { snapshot, progress: stepProgress(description), workerSeen: true };
    });
  }

  approve(executionId: string, gateId: string, signed: SignedStatement): Promise<CommandReceipt> {
    return this.#command(executionId, 'approve', { target: gateId, signed });
  }

  deny(executionId: string, gateId: string, signed: SignedStatement): Promise<CommandReceipt> {
    return this.#command(executionId, 'deny', { target: gateId, signed });
  }

  skip(executionId: string, stepId: string, signed: SignedStatement): Promise<CommandReceipt> {
    return this.#command(executionId, 'skip', { target: stepId, signed });
  }

  abort(executionId: string, signed: SignedStatement): Promise<CommandReceipt> {
    return this.#command(executionId, 'abort', { target: '', signed });
  }

  pause(executionId: string, person: string, reason: string): Promise<CommandReceipt> {
    return this.#command(executionId, 'pause', { target: '', person, reason });
  }

  resume(executionId: string, person: string, reason: string): Promise<CommandReceipt> {
    return this.#command(executionId, 'resume', { target: '', person, reason });
  }

  retry(executionId: string, stepId: string, person: string, reason: string): Promise<CommandReceipt> {
    return this.#command(executionId, 'retry', { target: stepId, person, reason });
  }

  list(filter: { readonly service?: string; readonly limit: number }): Promise<readonly ExecutionSummary[]> {
    return history(this.#ledger, filter);
  }

  async health() {
    const { namespace, taskQueue } = this.#configuration.temporal;
    return this.#call('', async (client) => {
      const { serverVersion } = await client.workflowService.getSystemInfo({});
      const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue } });
      const lately = Date.now() - 90_000;
      const workers = new Set(
        (pollers ?? [])
          .filter((poller) => Number(poller.lastAccessTime?.seconds ?? 0) * 1_000 > lately)
          .map((poller) => poller.identity),
      );
      return { serverVersion: serverVersion ?? 'unknown', workers: workers.size, namespace };
    });
  }

  async close(): Promise<void> {
    await this.#temporal.close();
  }

  /** An ended execution as its sealed record tells it: the ledger outlives Temporal's history. */
  async #sealed(executionId: string): Promise<ExecutionSnapshot | null> {
    const evidence = await this.#ledger.findExecution(executionId);
    const { sealed } = evidence ?? {};
    const record = sealed?.artefacts.find((artefact) => artefact.name === 'record');
    if (!sealed || !record) return null;
    const snapshot = (await this.#ledger.artefact(record.sha256)) as unknown as ExecutionSnapshot | null;
    return snapshot && { ...snapshot, state: 'ended', ledger: { ...snapshot.ledger, sealed: sealed.entry } };
  }

  #find(client: Client, executionId: string) {
    return findExecution(client, this.#ledger, Object.values(this.#configuration.services), executionId);
  }

  /** One id for every repeat, so a command whose answer was lost is answered, not applied twice. */
  async #command(
    executionId: string,
    name: CommandName,
    body: SignedCommand | SteeringCommand,
  ): Promise<CommandReceipt> {
    const updateId = randomUUID();
    const until = Date.now() + COMMAND_MS;
    for (;;) {
      try {
        return await this.#call(executionId, async (client) => {
          const { workflowId, runId } = await this.#find(client, executionId);
          const handle = client.workflow.getHandle(workflowId, runId);
          await handle.signal(WAKE_SIGNAL);
          return handle.executeUpdate<CommandReceipt, [SignedCommand | SteeringCommand]>(name, {
            args: [body],
            updateId,
          });
        });
      } catch (caught) {
        const passing =
          caught instanceof LifeboatError &&
          ['DR_WORKER_ABSENT', 'DR_TEMPORAL_UNREACHABLE'].includes(caught.shape.code);
        if (!passing || Date.now() > until) throw caught;
        await delay(Math.random() * LONGEST_PAUSE_MS);
      }
    }
  }

  async #call<Result>(
    executionId: string,
    work: (client: Client) => Promise<Result>,
    deadlineMs = CALL_MS,
  ): Promise<Result> {
    try {
      const client = await this.#temporal.get();
      return await client.connection.withDeadline(Date.now() + deadlineMs, () => work(client));
    } catch (caught) {
      throw clientFailure(caught, { executionId, address: this.#configuration.temporal.address });
    }
  }

  async #alreadyLive(client: Client, request: ExecutionRequest, workflowId: string): Promise<LifeboatError> {
    const { memo } = await client.workflow.getHandle(workflowId).describe();
    const holder = String(memo?.['executionId'] ?? 'another execution');
    const by = String(memo?.['requestedBy'] ?? 'somebody');
    return new LifeboatError(
      'DR_EXECUTION_ALREADY_LIVE',
      `${holder}, asked for by ${by}, moves ${request.service} already`,
      {
        field: 'service',
        expected: 'no live execution',
        actual: holder,
        remedy: `lifeboat watch ${holder}`,
      },
    );
  }
}
