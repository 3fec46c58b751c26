import { LifeboatError } from '../../domain/errors.ts';
import { readScale } from '../actions/compute/read-scale.ts';
import { restoreScale } from '../actions/compute/restore-scale.ts';
import { scaleCompute } from '../actions/compute/scale.ts';
import { checkStandby } from '../actions/database/check-standby.ts';
import { probeWrite } from '../actions/database/probe-write.ts';
import { promoteDatabase } from '../actions/database/promote.ts';
import { readLag } from '../actions/database/read-lag.ts';
import { probeFrontDoor } from '../actions/front-door/probe.ts';
import { undo } from '../language/step.ts';
import { regionFailoverCommands } from '../manual/region-failover-commands.ts';
import { clusterOf } from '../service-parts.ts';
import type { Move, MoveTools } from './move.ts';
import { serveFromThere } from './serve-from-there.ts';
import {
  checkDnsSwitch,
  checkWriteLease,
  confirmReadyPods,
  fenceOldWriters,
  lookAtImpact,
  notifyStart,
} from './shared-steps.ts';

/** `failover`: the standby becomes the writer. */
export function promoteStandby(tools: MoveTools, move: Move): void {
  const { service, params, step, gate, execution } = tools;
  const { from, to, probe, scale } = move;
  refuseLossLimit(params.lossAtMostSeconds);
  const manual = regionFailoverCommands(service, from, to);
  const cluster = { region: to, globalCluster: service.database.globalCluster, ...clusterOf(service, to) };

  // Is it true? And what would stand in the way?
  const { impact, reach } = lookAtImpact(tools, move, manual);
  const standby = step('check-standby', checkStandby, cluster, {
    why: 'A standby that cannot be promoted must be known before the old writers are stopped.',
    expectSeconds: 1,
    manual: manual.standby,
  });
  const lag = step(
    'read-lag',
    readLag,
    { region: to },
    {
      why: 'What has not arrived will be lost; whoever approves signs how much.',
      expectSeconds: 1,
      manual: manual.lag,
    },
  );
  const dnsSwitch = checkDnsSwitch(tools, move, manual);
  const frontDoor = step(
    'probe-front-door',
    probeFrontDoor,
    { ...probe, whenNotReady: 'refuse' },
    {
      why: 'Traffic must not be the first test of the new front door.',
      expectSeconds: 1,
      manual: manual.probe,
    },
  );
  const capacity = step('read-capacity', readScale, scale, {
    why: 'Says what is missing, and what to go back to.',
    expectSeconds: 1,
    manual: manual.readScale,
  });
  const lease = checkWriteLease(tools, manual);
  notifyStart(tools, move, manual, impact);

  // Harmless either way, so it need not wait for people.
  const prepared = step('prepare-compute', scaleCompute, scale, {
    why: 'Pods take longest to come; more of them harm nobody while people decide.',
    prepare: true,
    after: [impact],
    undo: undo(restoreScale, { region: to, deployments: capacity.out.deployments }),
    expectSeconds: 2,
    manual: manual.scale,
  });

  const approval = gate('approve-promotion', {
    why: 'From here data may be lost for good. Somebody other than the asker says yes to that, knowing how much.',
    shows: [impact, reach, standby, lag, dnsSwitch, frontDoor, capacity, lease],
    roles: ['approver'],
    quorum: params.quorum,
    bounds: [
      {
        id: 'loss',
        says: `data loss at most ${service.objectives.rpoSeconds} s`,
        fact: lag.out.lagSeconds,
        atMost: service.objectives.rpoSeconds,
        unknown: 'accept_by_name',
      },
      {
        id: 'standby',
        says: `the standby in ${to} can be promoted`,
        fact: standby.out.ready,
        equals: true,
        unknown: 'refuse',
      },
      {
        id: 'vantages',
        says: 'every vantage sees the outage',
        fact: impact.out.vantagesAgree,
        equals: true,
        unknown: 'refuse',
      },
    ],
  });

  const fence = fenceOldWriters(tools, move, manual, { approval, epochBefore: lease.out.epoch });
  const promotion = step(
    'promote-database',
    promoteDatabase,
    { ...cluster, epoch: fence.out.epoch },
    {
      why: 'The move itself: the standby becomes the writer, without what had not arrived.',
      after: [standby],
      expectSeconds: 120,
      manual: manual.promote,
    },
  );
  const writable = step(
    'probe-write',
    probeWrite,
    {
      region: to,
      endpoint: promotion.out.endpoint,
      epoch: fence.out.epoch,
      executionId: execution.id,
    },
    {
      why: 'Available is not yet writable.',
      marks: 'writable',
      withoutUndo: 'One row in a table of its own, kept as proof.',
      expectSeconds: 2,
      manual: manual.probeWrite,
    },
  );
  const ready = confirmReadyPods(tools, move, manual, [prepared, fence]);
  const probed = step(
    'probe-front-door-again',
    probeFrontDoor,
    { ...probe, whenNotReady: 'wait' },
    {
      why: 'The promoted database and the new pods are behind it now: it must answer before customers arrive.',
      after: [writable, ready],
      timeoutSeconds: 120,
      expectSeconds: 1,
      manual: manual.probe,
    },
  );

  serveFromThere(tools, move, manual, {
    ready: probed,
    switchState: dnsSwitch.out.state,
    epochBefore: lease.out.epoch,
    downSince: impact.out.downSince,
    fenceProved: fence.out.proved,
    lagEstimateSeconds: lag.out.lastKnownLagSeconds,
  });
}

/** A standby loses what had not arrived, which the bound on its lag is about. */
function refuseLossLimit(lossAtMostSeconds: number | undefined): void {
  if (lossAtMostSeconds === undefined) return;
  throw new LifeboatError('DR_PARAMETER_INVALID', 'lossAtMostSeconds goes with strategy restore only', {
    field: 'lossAtMostSeconds',
    expected: 'absent',
    actual: lossAtMostSeconds,
    remedy: 'Leave it out, or: --param strategy=restore',
  });
}
