import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { attemptActivity } from '../../activities/attempt/attempt-activity.ts';
import type { Clients } from '../../activities/clients/clients.ts';
import { permitting } from '../../activities/clients/permission.ts';
import { engineActivities } from '../../activities/engine/engine-activities.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../../domain/execution.ts';
import { executionIdOf, workflowIdOf } from '../../domain/ids.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { keyIdOf, publicKeyLine } from '../../identity/public-key.ts';
import { signStatement } from '../../identity/sign-statement.ts';
import { findTemporal, type TemporalBinary } from '../../lab/parts/temporal-binary.ts';
import { FolderLedgerStore } from '../../ledger/folder-ledger-store.ts';
import { Journal } from '../../ledger/journal.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { EXAMPLE_SERVICE } from '../../runbooks/example-service.ts';
import { compilePlan } from '../../runbooks/language/compile-plan.ts';
import type { Runbook } from '../../runbooks/language/runbook.ts';
import { enginePorts } from '../../worker/engine-ports.ts';
import { TRIVIAL_ACTIONS } from './shape-runbook.ts';

const BUNDLE = join(import.meta.dirname, '..', '..', 'dist', 'workflow-bundle.js');
const TASK_QUEUE = 'bench-engine';
const DEADLINE_MS = 120_000;

/** One execution, timed from two sides. */
export interface TimedExecution {
  /** From the start call to the result, as whoever started it sees it: admission and evidence included. */
  readonly wholeMs: number;
  /** From the first step's start to the last step's end, as the execution's own record says. */
  readonly stepsMs: number;
  readonly snapshot: ExecutionSnapshot;
}

/** A real Temporal dev server on a SQLite file, the real engine bundle, ledger and journal on disk; only the actions do nothing. */
export class EngineRig {
  readonly temporal: TemporalBinary;
  readonly #environment: TestWorkflowEnvironment;
  readonly #worker: Worker;
  readonly #running: Promise<void>;
  readonly #folder: string;
  readonly #asker: ReturnType<typeof generateKeyPairSync>;

  private constructor(parts: {
    readonly temporal: TemporalBinary;
    readonly environment: TestWorkflowEnvironment;
    readonly worker: Worker;
    readonly folder: string;
    readonly asker: ReturnType<typeof generateKeyPairSync>;
  }) {
    this.temporal = parts.temporal;
    this.#environment = parts.environment;
    this.#worker = parts.worker;
    this.#folder = parts.folder;
    this.#asker = parts.asker;
    this.#running = parts.worker.run();
  }

  static async start(runbooks: readonly Runbook[]): Promise<EngineRig> {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const explicit = process.env['LAB_TEMPORAL'];
    const temporal = await findTemporal({
      ...(explicit ? { explicit } : {}),
      cacheDir: join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lifeboat'),
      searchPath: process.env['PATH'] ?? '',
      say: (line) => console.error(line),
    });
    const folder = await mkdtemp(join(tmpdir(), 'lifeboat-bench-'));
    const environment = await TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path: temporal.path },
        dbFilename: join(folder, 'temporal.sqlite'),
        log: { format: 'pretty', level: 'error' },
      },
    });
    const asker = generateKeyPairSync('ed25519');
    const worker = await createWorker(environment, folder, publicKeyLine(asker.publicKey), runbooks);
    return new EngineRig({ temporal, environment, worker, folder, asker });
  }

  async execute(runbook: Runbook, mode: 'live' | 'dry_run'): Promise<TimedExecution> {
    const request = this.#request(runbook, mode);
    const begun = performance.now();
    const snapshot = (await this.#environment.client.workflow.execute(runbook.workflow, {
      taskQueue: TASK_QUEUE,
      workflowId: workflowIdOf({ ...request, exclusive: runbook.exclusive }),
      args: [request],
      workflowTaskTimeout: '3s',
      workflowExecutionTimeout: DEADLINE_MS,
    })) as ExecutionSnapshot;
    const wholeMs = performance.now() - begun;
    const expected = mode === 'live' ? 'succeeded' : 'ready';
    if (snapshot.outcome !== expected) {
      throw new Error(
        `${runbook.id} (${mode}) ended as ${snapshot.outcome}, expected ${expected}: ${snapshot.error?.message}`,
      );
    }
    const starts = snapshot.steps.map((step) => Date.parse(step.startedAt ?? ''));
    const ends = snapshot.steps.map((step) => Date.parse(step.endedAt ?? ''));
    return { wholeMs, stepsMs: Math.max(...ends) - Math.min(...starts), snapshot };
  }

  async stop(): Promise<void> {
    this.#worker.shutdown();
    await this.#running;
    await this.#environment.teardown();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #request(runbook: Runbook, mode: 'live' | 'dry_run'): ExecutionRequest {
    const at = new Date();
    const asked = {
      executionId: executionIdOf(runbook.id, at, randomUUID().slice(0, 8)),
      runbook: runbook.id,
      service: EXAMPLE_SERVICE.name,
      parameters: {},
      mode,
      purpose: 'exercise',
      reason: 'the bench',
      planDigest: null,
    } as const;
    const request = { ...asked, requestedBy: 'bench', requestedAt: at.toISOString(), signed: null };
    if (mode === 'dry_run') return request;
    const statement = { type: 'start', person: 'bench', ...asked, issuedAt: request.requestedAt } as const;
    return { ...request, signed: signStatement(statement, this.#asker.privateKey) };
  }
}

async function createWorker(
  environment: TestWorkflowEnvironment,
  folder: string,
  askerKey: string,
  runbooks: readonly Runbook[],
): Promise<Worker> {
  const service: Service = {
    ...EXAMPLE_SERVICE,
    people: [{ id: 'bench', roles: ['operator'], publicKey: askerKey }],
  };
  const configuration = { environment: 'bench', services: { [service.name]: service } } as unknown as Configuration;
  const evidence = join(folder, 'evidence');
  const ledgerKey = generateKeyPairSync('ed25519');
  const signingKey = { privateKey: ledgerKey.privateKey, keyId: keyIdOf(ledgerKey.publicKey) };
  const ledger = new Ledger(new FolderLedgerStore(evidence), signingKey);
  const journal = new Journal(evidence);
  const known = new Map(runbooks.map((runbook) => [runbook.id, runbook]));
  const shared = {
    service: () => service,
    guardedClients: () => ({ clients: {} as Clients, permitting }),
    journal,
  };
  const ports = enginePorts({ configuration, ledger, journal, client: environment.client });
  return Worker.create({
    connection: environment.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: BUNDLE },
    stickyQueueScheduleToStartTimeout: '2s',
    activities: {
      ...engineActivities({
        ...ports,
        compile: ({ runbook, parameters }) => compilePlan({ runbook: known.get(runbook)!, service, parameters }),
      }),
      ...Object.fromEntries(TRIVIAL_ACTIONS.map((action) => [action.contract.id, attemptActivity(action, shared)])),
    },
  });
}
