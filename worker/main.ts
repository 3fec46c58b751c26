import { fileURLToPath } from 'node:url';
import { loadKubernetesClient } from '../activities/clients/kubernetes-client.ts';
import { environmentSettings } from '../configuration/config.ts';
import { loadConfiguration } from '../configuration/load-configuration.ts';
import { shapeOf } from '../domain/errors.ts';
import { createWorker } from './create-worker.ts';
import { makeCurrent } from './current-version.ts';
import { installRuntime, workerLog } from './log.ts';
import { keepSchedules } from './schedules/keep-schedules.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';

/** `node dist/worker.js [configuration.yaml]`: serves executions until SIGTERM or SIGINT. */
const settings = environmentSettings();
const log = workerLog(settings.logLevel);
try {
  installRuntime(log);
  const configuration = await loadConfiguration(process.argv[2] ?? settings.configurationPath);
  const bundle = await loadWorkflowBundle(fileURLToPath(new URL('./workflow-bundle.js', import.meta.url)));
  const { worker, connection, client } = await createWorker(configuration, bundle);
  const { namespace, taskQueue } = configuration.temporal;
  const running = worker.run();
  await Promise.race([makeCurrent(client, namespace, bundle.buildId), running]);
  void loadKubernetesClient();
  log.info({ taskQueue, buildId: bundle.buildId }, 'worker ready');
  const ending = new AbortController();
  void keepSchedules({ client, configuration, log, signal: ending.signal });
  await running.finally(() => ending.abort());
  await connection.close();
} catch (caught) {
  log.fatal({ error: shapeOf(caught) }, 'the worker ends');
  process.exitCode = 1;
}
