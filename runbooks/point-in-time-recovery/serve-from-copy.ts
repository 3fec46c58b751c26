import type { z } from 'zod';
import { probeFrontDoor } from '../actions/front-door/probe.ts';
import type { measuredRestore } from '../actions/measure/actual-schema.ts';
import { notifyPeople } from '../actions/people/notify.ts';
import { confirmSwapped } from '../actions/recovery/confirm-swapped.ts';
import { measureSwap } from '../actions/recovery/measure-swap.ts';
import { confirmServing } from '../actions/traffic/confirm-serving.ts';
import type { Ref } from '../language/reference.ts';
import type { NodeHandle } from '../language/step.ts';
import { frontDoorOf } from '../service-parts.ts';
import type { RecoveryTools } from './recovery.ts';
import type { swapCommands } from './swap-commands.ts';

/** Customers must succeed this long before the clock stops: a lucky request is not service. */
const HOLD_SECONDS = 3;

interface Swapped {
  readonly region: string;
  /** How to look whether everybody writes to the copy. */
  readonly looking: {
    readonly region: string;
    readonly cluster: string;
    readonly executionId: Ref<string>;
    readonly restoredTo: Ref<string>;
    readonly writtenSince: Ref<number>;
  };
  /** Enough pods are ready. */
  readonly ready: NodeHandle;
  readonly stoppedAt: Ref<string>;
  readonly capacityReadyAt: Ref<string>;
  readonly restore: Ref<z.output<typeof measuredRestore> | undefined>;
  /** What the damaged one is called now. */
  readonly damagedAs: Ref<string>;
  readonly swap: ReturnType<typeof swapCommands>;
}

/** Customers are served again, and nobody writes anywhere else; then the swap is measured and told. */
export function serveFromCopy({ service, params, step, execution }: RecoveryTools, swapped: Swapped): void {
  const { region, looking, ready, swap } = swapped;
  const { dns } = service;
  const door = frontDoorOf(service, region);
  const answering = step(
    'probe-front-door',
    probeFrontDoor,
    { region, name: dns.name, address: door.address, port: door.port, path: door.readyPath, whenNotReady: 'wait' },
    {
      why: 'The restored database and the new pods are behind it now.',
      after: [ready],
      timeoutSeconds: 120,
      expectSeconds: 1,
      manual: swap.serving.probe,
    },
  );
  const serving = step(
    'confirm-serving',
    confirmServing,
    {
      service: service.name,
      region,
      name: dns.name,
      expectedAddress: door.address,
      since: swapped.capacityReadyAt,
      holdSeconds: HOLD_SECONDS,
    },
    {
      why: 'Done is when customers succeed, and keep succeeding.',
      after: [answering],
      marks: 'serving',
      expectSeconds: HOLD_SECONDS + 1,
      manual: swap.serving.serving,
    },
  );
  const nobodyAstray = step('confirm-nobody-astray', confirmSwapped, looking, {
    why: 'Customers book again: none of it may have gone into the damaged database.',
    after: [serving],
    expectSeconds: 2,
    manual: swap.confirmRest,
  });
  const measured = step(
    'measure-swap',
    measureSwap,
    {
      service: service.name,
      region,
      restoredTo: looking.restoredTo,
      stoppedAt: swapped.stoppedAt,
      servingAt: serving.out.servingAt,
      restore: swapped.restore,
    },
    { why: 'A target without a measurement is a wish.', expectSeconds: 2, manual: swap.serving.measure },
  );
  step(
    'tell-what-is-left-to-do',
    notifyPeople,
    {
      text: `${service.name} serves from the database as it was at ${params.restoreTo}. What was written since is only in the damaged one, which is kept under the name given here, and ${service.database.globalCluster} with its standby still follows that one. A failover to that standby would bring back the damaged data and is refused. The database that serves has no standby until the global cluster is made anew.`,
      phase: 'ended',
      executionId: execution.id,
      facts: {
        damagedDatabase: swapped.damagedAs,
        rowsWrittenSince: looking.writtenSince,
      },
    },
    {
      why: 'Rows must be brought over and a standby made: both are for people, and nobody does what nobody told them.',
      after: [measured, nobodyAstray],
      onFailure: 'continue',
      withoutUndo: 'A message cannot be unsent, and it does no harm.',
      expectSeconds: 1,
      manual: swap.tell,
    },
  );
}
