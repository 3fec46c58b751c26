import { confirmCapacity } from '../actions/compute/confirm-capacity.ts';
import { readScale } from '../actions/compute/read-scale.ts';
import { restoreScale } from '../actions/compute/restore-scale.ts';
import { startCompute } from '../actions/compute/start.ts';
import { stopCompute } from '../actions/compute/stop.ts';
import { probeWrite } from '../actions/database/probe-write.ts';
import { checkLease } from '../actions/lease/check.ts';
import { adoptRestored } from '../actions/recovery/adopt-restored.ts';
import { confirmSwapped } from '../actions/recovery/confirm-swapped.ts';
import { countWrittenSince } from '../actions/recovery/count-written-since.ts';
import { keepRestored } from '../actions/recovery/keep-restored.ts';
import { readSource } from '../actions/recovery/read-source.ts';
import { renameCluster } from '../actions/recovery/rename.ts';
import { undo } from '../language/step.ts';
import { deploymentTargetsOf } from '../service-parts.ts';
import { type Damaged, type RecoveryTools, refuseParameter } from './recovery.ts';
import { restoreBeside } from './restore-beside.ts';
import { serveFromCopy } from './serve-from-copy.ts';
import { PLACED_AS_PRODUCTION, swapCommands } from './swap-commands.ts';

/**
 * `swap`: the restored copy takes the damaged database's name, and with the name its endpoint, so that pods, configuration and other
 * runbooks find it without a change. The damaged one is kept under another name.
 */
export function swapWriters(tools: RecoveryTools, damaged: Damaged): void {
  const { service, params, step, gate, execution } = tools;
  const { region, source: cluster } = damaged;
  refuseParameter(params, 'tables', 'copy-rows');
  const swap = swapCommands(service, damaged);
  const scale = { region, deployments: deploymentTargetsOf(service, region) };

  const source = step(
    'read-source',
    readSource,
    { region, cluster, executionId: execution.id },
    {
      why: 'What takes production’s place must stand where production stands, and what it lacks must be known.',
      expectSeconds: 1,
      manual: swap.readSource,
    },
  );
  const capacity = step('read-capacity', readScale, scale, {
    why: 'Says what to go back to.',
    expectSeconds: 1,
    manual: swap.serving.readScale,
  });
  const lease = step(
    'check-lease',
    checkLease,
    { service: service.name },
    {
      why: 'Says which writers there are. The lease stays where it is: pods, not regions, change their database.',
      expectSeconds: 1,
      manual: swap.lease,
    },
  );
  const { placement } = source.out;
  const beside = restoreBeside(tools, damaged, { placement, placed: PLACED_AS_PRODUCTION });
  const counting = { region, cluster, restoredTo: beside.pair.restoredTo };
  const since = step('count-written-since', countWrittenSince, counting, {
    why: 'What customers would lose, table by table. It is counted again when nobody writes any more.',
    after: [beside.compared],
    expectSeconds: 2,
    manual: beside.byHand.compare,
  });

  const { lossAtMostRows } = params;
  const approval = gate('approve-swapping', {
    why: 'Everything written since that instant is gone for customers until people bring it over by hand; how many rows, the comparison says. Somebody other than the asker says yes to that.',
    shows: [source, ...beside.facts, since, capacity, lease],
    roles: ['approver'],
    quorum: params.quorum,
    bounds:
      lossAtMostRows === undefined
        ? []
        : [
            {
              id: 'loss',
              says: `at most ${lossAtMostRows} rows written since are lost`,
              fact: since.out.writtenSince,
              atMost: lossAtMostRows,
              unknown: 'refuse',
            },
          ],
  });

  // Until customers write to it, everything goes back, in reverse order.
  const stopped = step(
    'stop-writers',
    stopCompute,
    { region, service: service.name, deployments: scale.deployments },
    {
      why: 'Connections to the old server outlive its name: who holds one must be gone, or rows are written where nobody looks.',
      after: [approval],
      marks: 'fenced',
      undo: undo(restoreScale, { region, deployments: capacity.out.deployments }),
      expectSeconds: 35,
      manual: swap.stop,
    },
  );
  const final = step('count-loss', countWrittenSince, counting, {
    why: 'Nobody writes now: this is how much was written since, for the record and for whoever brings it over.',
    after: [stopped],
    expectSeconds: 2,
    manual: beside.byHand.compare,
  });
  const renaming = { region, cluster, executionId: execution.id, damagedResourceId: source.out.resourceId };
  const aside = step(
    'set-damaged-aside',
    renameCluster,
    { ...renaming, rename: 'damaged-aside' },
    {
      why: 'The name must be free before the copy can have it. The damaged database is kept: it holds what was written since.',
      after: [final],
      undo: undo(renameCluster, { ...renaming, rename: 'damaged-back' }),
      expectSeconds: 120,
      manual: swap.setAside,
    },
  );
  const inPlace = step(
    'give-copy-the-name',
    renameCluster,
    { ...renaming, rename: 'copy-in' },
    {
      why: 'The same name gives the same endpoint: pods find it without a change.',
      after: [aside],
      undo: undo(renameCluster, { ...renaming, rename: 'copy-out' }),
      expectSeconds: 120,
      manual: swap.takePlace,
    },
  );
  const looking = {
    region,
    cluster,
    executionId: execution.id,
    restoredTo: beside.pair.restoredTo,
    writtenSince: final.out.writtenSince,
  };
  const confirmed = step('confirm-swapped', confirmSwapped, looking, {
    why: 'An old answer to the name may be cached: no pod starts before it leads to the copy, and nobody wrote meanwhile.',
    after: [inPlace],
    expectSeconds: 5,
    manual: swap.confirmSwapped,
  });
  const written = step(
    'probe-write',
    probeWrite,
    { region, endpoint: confirmed.out.endpoint, epoch: lease.out.epoch, executionId: execution.id },
    {
      why: 'Available is not yet writable.',
      marks: 'writable',
      withoutUndo: 'One row in a table of its own, kept as proof.',
      expectSeconds: 2,
      manual: swap.probeWrite,
    },
  );
  const adopted = step(
    'adopt-restored',
    adoptRestored,
    { region, cluster: confirmed.out.cluster, executionId: execution.id, epoch: lease.out.epoch },
    {
      why: 'Customers write to it next, and going back would lose that: from here on nothing is taken back.',
      after: [written],
      expectSeconds: 1,
      manual: swap.adopt,
    },
  );
  const kept = step(
    'keep-restored',
    keepRestored,
    { region, cluster: adopted.out.cluster, executionId: execution.id },
    {
      why: 'It is production from now on: no clean-up may take it, and nobody deletes it by mistake.',
      withoutUndo: 'A mark and a protection; both can be taken off by hand.',
      expectSeconds: 1,
      manual: beside.byHand.keep(cluster),
    },
  );

  // Customers again.
  const started = step(
    'start-writers',
    startCompute,
    { ...scale, asRead: capacity.out.deployments, stopped: stopped.out.deployments },
    {
      why: 'New pods make new connections, and those lead to the copy.',
      after: [kept],
      withoutUndo: 'Customers are served by them.',
      expectSeconds: 2,
      manual: swap.start,
    },
  );
  const ready = step('confirm-capacity', confirmCapacity, scale, {
    why: 'Scaling asks for capacity; only ready pods are capacity.',
    after: [started],
    marks: 'capacity_ready',
    expectSeconds: 60,
    manual: swap.serving.capacity,
  });
  serveFromCopy(tools, {
    region,
    looking,
    ready,
    stoppedAt: stopped.out.fencedAt,
    capacityReadyAt: ready.out.capacityReadyAt,
    restore: beside.measured.out.restore,
    damagedAs: aside.out.cluster,
    swap,
  });
}
