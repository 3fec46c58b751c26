import { findTemporal, type TemporalBinary } from '../parts/temporal-binary.ts';
import { isPolling, temporalAnswers, temporalCommand } from '../parts/temporal-server.ts';
import { addressIn, CONTROL, HOST, type Place, PROTECTED, PUBLIC_NAME } from '../topology.ts';
import { WebhookReceiver } from '../webhook/webhook-receiver.ts';
import { SERVICE, TASK_QUEUE } from './configuration-file.ts';
import { address, type LabContext, programPart } from './lab-context.ts';
import { insidePart } from './part.ts';
import { ProcessPart } from './process-part.ts';

const isWanted = (lab: LabContext, part: LabContext['settings']['without'][number]): boolean =>
  !lab.settings.without.includes(part);

/** The Temporal dev server, up when its namespace answers. */
export async function startTemporal(lab: LabContext): Promise<TemporalBinary | null> {
  if (!isWanted(lab, 'temporal')) return null;
  const { settings, at, endpoints } = lab;
  const binary = await findTemporal({
    ...(settings.temporal.explicit ? { explicit: settings.temporal.explicit } : {}),
    searchPath: settings.temporal.searchPath,
    cacheDir: settings.cacheDir,
    say: lab.say,
  });
  lab.say(`temporal: ${binary.version}, from ${binary.from}`);
  const part = new ProcessPart(
    {
      name: 'temporal',
      place: CONTROL,
      ...temporalCommand(binary.path, endpoints.temporal, at.temporal),
      log: at.log('temporal'),
      address: address(endpoints.temporal),
      ready: {
        says: `Temporal answers on ${address(endpoints.temporal)}`,
        condition: () => temporalAnswers(endpoints.temporal),
        timeoutMs: 30_000,
      },
    },
    lab,
  );
  await lab.parts.add(part).start();
  lab.say('Temporal answers');
  return binary;
}

export async function startWebhook(lab: LabContext): Promise<{ close(): Promise<void> }> {
  const { at, endpoints } = lab;
  const receiver = new WebhookReceiver({ path: at.webhook });
  await receiver.listen(endpoints.webhook);
  lab.parts.add(
    insidePart({ name: 'webhook', place: CONTROL, address: address(endpoints.webhook), log: at.supervisorLog }),
  );
  return receiver;
}

/** What the product's processes get beside their arguments: credentials, and nothing of the shell's own. */
const productEnvironment = (lab: LabContext) => ({
  AWS_SHARED_CREDENTIALS_FILE: lab.at.credentials,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** The product's worker, up when it polls the task queue. */
export async function startWorker(lab: LabContext): Promise<void> {
  if (!isWanted(lab, 'worker') || !isWanted(lab, 'temporal')) return;
  const part = programPart(lab, {
    name: 'worker',
    place: CONTROL,
    program: 'worker',
    args: [lab.at.configuration],
    address: null,
    environment: productEnvironment(lab),
    ready: {
      says: `the worker polls task queue ${TASK_QUEUE}`,
      condition: (pid) => isPolling(lab.endpoints.temporal, TASK_QUEUE, pid),
      timeoutMs: 60_000,
    },
    stopMs: 3_000,
  });
  await lab.parts.add(part).start();
  lab.say('the worker polls');
}

/** The product's first watch, in the control place. */
export async function startWatch(lab: LabContext): Promise<void> {
  if (!isWanted(lab, 'watch')) return;
  const part = programPart(lab, {
    name: 'watch',
    place: CONTROL,
    program: 'watch',
    args: [lab.at.configuration, SERVICE, 'control'],
    address: null,
    environment: productEnvironment(lab),
    stopMs: 2_000,
  });
  await lab.parts.add(part).start();
}

/** Two strangers who know nothing of the product: one books by the public name, one stays with the old region's address. */
export async function startObservers(lab: LabContext): Promise<void> {
  if (!isWanted(lab, 'observers')) return;
  const start = async (kind: 'outside' | 'inside', place: Place): Promise<void> => {
    const argument = {
      kind,
      log: lab.at.observers[kind],
      name: PUBLIC_NAME,
      port: lab.endpoints.regions[PROTECTED].frontDoor.port,
      resolver: lab.endpoints.resolver,
      localAddress: addressIn(place, HOST.observer),
      intervalMs: 100,
      timeoutMs: 1_000,
    };
    const part = programPart(lab, {
      name: `observer-${kind}`,
      place,
      program: 'observer',
      args: [JSON.stringify(argument)],
      address: null,
      stopMs: 2_000,
    });
    await lab.parts.add(part).start();
  };
  await Promise.all([start('outside', 'outside'), start('inside', PROTECTED)]);
}
