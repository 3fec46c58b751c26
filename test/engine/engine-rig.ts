import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject, onTestFinished } from 'vitest';
import { attemptActivity } from '../../activities/attempt/attempt-activity.ts';
import type { AnyImplementation } from '../../activities/attempt/implement.ts';
import type { Clients } from '../../activities/clients/clients.ts';
import { permitting } from '../../activities/clients/permission.ts';
import { engineActivities } from '../../activities/engine/engine-activities.ts';
import { type CommandReceipt, EXECUTION_STATUS_QUERY } from '../../domain/commands.ts';
import type { ErrorShape } from '../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../../domain/execution.ts';
import type { Configuration, Person, Service, ServiceSchedule } from '../../domain/service.ts';
import type { GateStatement, StepStatement } from '../../domain/statement.ts';
import { keyIdOf, publicKeyLine } from '../../identity/public-key.ts';
import { signStatement } from '../../identity/sign-statement.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { FolderLedgerStore } from '../../ledger/folder-ledger-store.ts';
import { Journal } from '../../ledger/journal.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { LedgerEntry } from '../../ledger/ledger-entry.ts';
import { compilePlan } from '../../runbooks/language/compile-plan.ts';
import type { Runbook } from '../../runbooks/language/runbook.ts';
import { enginePorts } from '../../worker/engine-ports.ts';

const BUNDLE = join(import.meta.dirname, '..', '..', 'dist', 'workflow-bundle.js');

// The SDK tells every failed attempt at length; tests assert what they expect.
Runtime.install({ logger: new DefaultLogger('ERROR') });

function somebody(id: string, roles: Person['roles']) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { person: { id, roles, publicKey: publicKeyLine(publicKey) } satisfies Person, privateKey };
}

/** A worker over a real Temporal server with one runbook and test actions; ledger, journal and identities are real. */
export class EngineRig {
  readonly keys = {
    asker: somebody('asker', ['operator', 'approver']),
    second: somebody('second', ['approver']),
    third: somebody('third', ['approver']),
    operator: somebody('operator', ['operator']),
    stranger: somebody('stranger', ['approver']),
  };
  readonly service = `service-${randomUUID().slice(0, 8)}`;
  readonly taskQueue = randomUUID();
  /** What the service declares; a test may add to it. */
  readonly schedules: ServiceSchedule[] = [];
  readonly folder: string;
  readonly client: Client;
  readonly ledger: Ledger;
  readonly #connection: NativeConnection;
  readonly #runbook: Runbook;
  readonly #journal: Journal;

  private constructor(folder: string, client: Client, connection: NativeConnection, runbook: Runbook) {
    this.folder = folder;
    this.client = client;
    this.#connection = connection;
    this.#runbook = runbook;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.ledger = new Ledger(new FolderLedgerStore(folder), { privateKey, keyId: keyIdOf(publicKey) });
    this.#journal = new Journal(folder);
  }

  static async start(runbook: Runbook, implementations: readonly AnyImplementation[]): Promise<EngineRig> {
    const address = inject('temporalAddress');
    const folder = await mkdtemp(join(tmpdir(), 'lifeboat-engine-'));
    const connection = await NativeConnection.connect({ address });
    const client = new Client({ connection: await Connection.connect({ address }) });
    const rig = new EngineRig(folder, client, connection, runbook);
    onTestFinished(async () => {
      await client.connection.close();
      await connection.close();
      await rm(folder, { recursive: true, force: true });
    });
    await rig.work(implementations);
    return rig;
  }

  /** Starts a worker; ended when the test is. */
  async work(implementations: readonly AnyImplementation[]): Promise<() => Promise<void>> {
    const service = {
      name: this.service,
      regions: { protected: 'eu-west-1', recovery: 'eu-west-3' },
      people: this.people(),
      objectives: { rtoSeconds: 60, rpoSeconds: 5 },
      schedules: this.schedules,
    } as unknown as Service;
    const configuration = { environment: 'test', services: { [this.service]: service } } as unknown as Configuration;
    const shared = {
      service: () => service,
      guardedClients: () => ({ clients: {} as Clients, permitting }),
      journal: this.#journal,
    };
    const ports = enginePorts({ configuration, ledger: this.ledger, journal: this.#journal, client: this.client });
    const worker = await Worker.create({
      connection: this.#connection,
      taskQueue: this.taskQueue,
      workflowBundle: { codePath: BUNDLE },
      stickyQueueScheduleToStartTimeout: '2s',
      activities: {
        ...engineActivities({
          ...ports,
          compile: ({ parameters }) => compilePlan({ runbook: this.#runbook, service, parameters }),
        }),
        ...Object.fromEntries(implementations.map((action) => [action.contract.id, attemptActivity(action, shared)])),
      },
    });
    const running = worker.run();
    let stopped = false;
    const stop = async () => {
      if (stopped) return;
      stopped = true;
      worker.shutdown();
      await running;
    };
    onTestFinished(stop);
    return stop;
  }

  people(): Person[] {
    const { stranger: _stranger, ...known } = this.keys;
    return Object.values(known).map(({ person }) => person);
  }

  request(mode: ExecutionRequest['mode'], more: Partial<ExecutionRequest> = {}): ExecutionRequest {
    const request: ExecutionRequest = {
      executionId: `ex-${randomUUID().slice(0, 8)}`,
      runbook: this.#runbook.id,
      service: this.service,
      parameters: {},
      mode,
      purpose: 'exercise',
      reason: 'a test',
      requestedBy: 'asker',
      requestedAt: new Date().toISOString(),
      planDigest: null,
      signed: null,
      ...more,
    };
    const { executionId, runbook, service, parameters, purpose, reason, planDigest } = request;
    const signed = signStatement(
      {
        type: 'start',
        person: 'asker',
        executionId,
        runbook,
        service,
        parameters,
        mode,
        purpose,
        reason,
        planDigest,
        issuedAt: request.requestedAt,
      },
      this.keys.asker.privateKey,
    );
    return { ...request, signed: mode === 'dry_run' ? null : signed };
  }

  async begin(request: ExecutionRequest): Promise<Running> {
    const workflowId = request.mode === 'live' ? `live/${this.service}` : `${request.mode}/${request.executionId}`;
    const handle = await this.client.workflow.start('regionFailover', {
      taskQueue: this.taskQueue,
      workflowId,
      args: [request],
      workflowTaskTimeout: '3s',
      workflowIdConflictPolicy: 'FAIL',
      memo: { executionId: request.executionId },
    });
    onTestFinished(() =>
      handle.terminate('the test ended').then(
        () => undefined,
        () => undefined,
      ),
    );
    return new Running(this, request, handle as WorkflowHandle);
  }

  async entries(executionId: string): Promise<readonly LedgerEntry[]> {
    return (await this.ledger.findExecution(executionId))?.entries ?? [];
  }

  /** Makes the evidence store refuse writes, or take them again. */
  async breakLedger(broken: boolean): Promise<void> {
    const { rename } = await import('node:fs/promises');
    const away = `${this.folder}.away`;
    if (broken) {
      await rename(this.folder, away);
      await import('node:fs/promises').then(({ writeFile }) => writeFile(this.folder, 'not a folder'));
    } else {
      await rm(this.folder, { force: true });
      await rename(away, this.folder);
    }
  }

  readonly journalFiles = (executionId: string): Promise<string[]> =>
    readdir(join(this.folder, 'journal', executionId), { recursive: true });
  readonly read = (path: string): Promise<string> => readFile(path, 'utf8');
}

/** One execution under way, as its users see it. */
class Running {
  readonly rig: EngineRig;
  readonly request: ExecutionRequest;
  readonly handle: WorkflowHandle;

  constructor(rig: EngineRig, request: ExecutionRequest, handle: WorkflowHandle) {
    this.rig = rig;
    this.request = request;
    this.handle = handle;
  }

  status(): Promise<ExecutionSnapshot> {
    return this.handle.query<ExecutionSnapshot>(EXECUTION_STATUS_QUERY);
  }

  result(): Promise<ExecutionSnapshot> {
    return this.handle.result() as Promise<ExecutionSnapshot>;
  }

  /** Waits through moments in which no worker answers. */
  async until(
    what: string,
    condition: (snapshot: ExecutionSnapshot) => boolean,
    timeoutMs = 20_000,
  ): Promise<ExecutionSnapshot> {
    let seen: ExecutionSnapshot | null = null;
    const asked = waitUntil(
      what,
      async () => {
        seen = await this.status();
        return condition(seen);
      },
      { timeoutMs, everyMs: 30 },
    );
    await asked.catch((cause: Error) => {
      const steps = seen?.steps.map(({ id, state, error }) => [id, state, error]);
      throw new Error(`${cause.message}; ${JSON.stringify(steps)}`, { cause });
    });
    return seen!;
  }

  /**
   * A gate statement as the CLI would sign it, with whatever a test wants to be wrong. Waits until nothing but people is
   * waited for: what is still being prepared would race the steps behind the gate.
   */
  async gateStatement(person: string, more: Partial<GateStatement> = {}): Promise<GateStatement> {
    const { plan, gates } = await this.until(
      'an open gate and no running step',
      (snapshot) =>
        snapshot.gates.some((gate) => gate.state === 'open') &&
        !snapshot.steps.some((step) => step.state === 'running'),
    );
    const gate = gates.find((candidate) => candidate.state === 'open')!;
    return {
      type: 'approve',
      person,
      executionId: this.request.executionId,
      gateId: gate.id,
      planDigest: plan!.digest,
      factsDigest: gate.factsDigest!,
      bounds: gate.bounds.map(({ id, says }) => `${id}: ${says}`),
      accepts: [],
      reason: 'read it',
      issuedAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      ...more,
    };
  }

  async approve(person: keyof EngineRig['keys'], more: Partial<GateStatement> = {}): Promise<CommandReceipt> {
    const statement = await this.gateStatement(person, more);
    const signed = signStatement(statement, this.rig.keys[person].privateKey);
    return this.update(statement.type, { target: (await this.openGate()) ?? statement.gateId, signed });
  }

  async openGate(): Promise<string | undefined> {
    return (await this.status()).gates.find((gate) => gate.state === 'open')?.id;
  }

  async signedStep(
    type: StepStatement['type'],
    person: keyof EngineRig['keys'],
    stepId: string | null,
  ): Promise<CommandReceipt> {
    const statement: StepStatement = {
      type,
      person,
      executionId: this.request.executionId,
      stepId,
      planDigest: (await this.status()).plan!.digest,
      reason: 'a test',
      issuedAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    };
    return this.update(type, {
      target: stepId ?? '',
      signed: signStatement(statement, this.rig.keys[person].privateKey),
    });
  }

  steer(name: 'pause' | 'resume' | 'retry', target = ''): Promise<CommandReceipt> {
    return this.update(name, { target, person: 'asker', reason: 'a test' });
  }

  update(name: string, body: unknown): Promise<CommandReceipt> {
    return this.handle.executeUpdate<CommandReceipt, [unknown]>(name, { args: [body] });
  }
}

/** The catalogued error with which a command was refused. */
export async function refusal(command: Promise<unknown>): Promise<ErrorShape> {
  try {
    await command;
  } catch (caught) {
    if (caught instanceof WorkflowUpdateFailedError && caught.cause instanceof ApplicationFailure) {
      return caught.cause.details?.[0] as ErrorShape;
    }
    throw caught;
  }
  throw new Error('the command was not refused');
}
