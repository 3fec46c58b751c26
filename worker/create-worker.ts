import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { attemptActivity } from '../activities/attempt/attempt-activity.ts';
import { GuardedClientsFactory } from '../activities/clients/guarded-clients.ts';
import { engineActivities } from '../activities/engine/engine-activities.ts';
import { IMPLEMENTATIONS } from '../activities/registry.ts';
import { programEnvironment } from '../configuration/config.ts';
import type { Configuration } from '../domain/service.ts';
import { loadSigningKey } from '../identity/load-identity.ts';
import { FolderLeaseStore } from '../lease/folder-lease-store.ts';
import { FolderLedgerStore } from '../ledger/folder-ledger-store.ts';
import { Journal } from '../ledger/journal.ts';
import { Ledger } from '../ledger/ledger.ts';
import { readSamples } from '../watch/sample-journal.ts';
import { DEPLOYMENT } from './current-version.ts';
import { enginePorts, serviceOf } from './engine-ports.ts';
import { executionLife } from './execution-life.ts';
import { drillHistory, pastRestores } from './past-executions.ts';
import { sampleFolder } from './sample-folder.ts';
import type { WorkflowBundle } from './workflow-bundle.ts';

export interface RunningWorker {
  readonly worker: Worker;
  readonly connection: NativeConnection;
  readonly client: Client;
}

/** The composition root: real clients, the registry, evidence and the workflow bundle, in one worker. */
export async function createWorker(configuration: Configuration, bundle: WorkflowBundle): Promise<RunningWorker> {
  const { address, namespace, taskQueue } = configuration.temporal;
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace });
  const evidence = new FolderLedgerStore(configuration.control.evidence);
  const ledger = new Ledger(evidence, await loadSigningKey(configuration.control.ledgerKey));
  const journal = new Journal(configuration.control.evidence);
  const clients = new GuardedClientsFactory(configuration, {
    readSamples: (service, sinceMs) => readSamples(sampleFolder(configuration, service), sinceMs),
    leaseStore: (service) =>
      new FolderLeaseStore({
        folder: configuration.control.lease,
        ttlMs: serviceOf(configuration, service).fence.leaseTtlMs,
      }),
    pastRestores: (service) => pastRestores(ledger, configuration.environment, service),
    drillHistory: (service) => drillHistory(ledger, configuration.environment, service),
    evidenceWritable: () => evidence.writable(),
    executionLife: executionLife({ configuration, ledger, client }),
    programEnvironment: programEnvironment(),
  });
  const shared = {
    service: (name: string) => serviceOf(configuration, name),
    guardedClients: clients.for.bind(clients),
    journal,
  };
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: bundle.codePath },
    activities: {
      ...engineActivities(enginePorts({ configuration, ledger, journal, client })),
      ...Object.fromEntries(IMPLEMENTATIONS.map((action) => [action.contract.id, attemptActivity(action, shared)])),
    },
    // Replaying an execution with other workflow code can leave it unanswerable: each stays on the build it began with.
    workerDeploymentOptions: {
      version: { deploymentName: DEPLOYMENT, buildId: bundle.buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
    // With the default of 10 s, a killed worker delays the next workflow task by as much.
    stickyQueueScheduleToStartTimeout: '2s',
    // With the default, every 2.4 s goes out, and a worker that is busy for 0.6 s is taken for dead after 3 s.
    maxHeartbeatThrottleInterval: '800ms',
    maxConcurrentActivityTaskExecutions: 100,
    shutdownGraceTime: '5s',
    shutdownForceTime: '10s',
  });
  return { worker, connection, client };
}
