import { z } from 'zod';
import { LifeboatError } from '../domain/errors.ts';
import type { Service } from '../domain/service.ts';
import { confirmCapacity } from './actions/compute/confirm-capacity.ts';
import { readScale } from './actions/compute/read-scale.ts';
import { restoreScale } from './actions/compute/restore-scale.ts';
import { scaleCompute } from './actions/compute/scale.ts';
import { checkStandby } from './actions/database/check-standby.ts';
import { probeWrite } from './actions/database/probe-write.ts';
import { promoteDatabase } from './actions/database/promote.ts';
import { readLag } from './actions/database/read-lag.ts';
import { checkSwitch } from './actions/dns/check-switch.ts';
import { probeFrontDoor } from './actions/front-door/probe.ts';
import { confirmImpact } from './actions/impact/confirm.ts';
import { checkLease } from './actions/lease/check.ts';
import { fenceWriters } from './actions/lease/fence.ts';
import { giveBackLease } from './actions/lease/give-back.ts';
import { measureActual } from './actions/measure/actual.ts';
import { notifyPeople } from './actions/people/notify.ts';
import { reachRegion } from './actions/region/reach.ts';
import { confirmServing } from './actions/traffic/confirm-serving.ts';
import { restoreSwitch } from './actions/traffic/restore-switch.ts';
import { setSwitch } from './actions/traffic/set-switch.ts';
import { defineRunbook } from './language/runbook.ts';
import { undo } from './language/step.ts';
import { regionFailoverCommands } from './manual/region-failover-commands.ts';
import { clusterOf, deploymentTargetsOf, frontDoorOf } from './service-parts.ts';

/** Customers must succeed this long before the clock stops: a lucky request is not service. */
const HOLD_SECONDS = 3;
/** Answers cached longer than this cost more time than anything else in the move. */
const TTL_AT_MOST_SECONDS = 60;

export const regionFailover = defineRunbook({
  id: 'region-failover',
  version: 1,
  title: 'Move the service to its recovery region',
  workflow: 'regionFailover',
  exclusive: 'service',
  owner: 'platform on-call',
  severity: 'SEV-1',
  whenNotToUse: [
    'The region answers and customers are merely slow: find the cause first.',
    'One availability zone is lost: the database and the pods move within the region by themselves.',
    'A deploy broke the service: roll it back, which is faster and loses nothing.',
    'The move is planned and both regions are healthy: a switchover loses nothing, this may.',
  ],
  triggers: [
    {
      event: 'The protected region does not answer',
      severity: 'SEV-1',
      detection: 'The watch misses 3 canary bookings in a row and the region’s own front door does not answer.',
      automatic: 'None. Lifeboat never fails over by itself.',
      manual: 'lifeboat plan region-failover, then lifeboat start; a second person approves.',
    },
    {
      event: 'Writes fail in the protected region and cannot be mended there in time',
      severity: 'SEV-1',
      detection: 'The watch misses canary bookings; the database team says so.',
      automatic: 'None.',
      manual: 'The same. The fence keeps the old region from writing on, as far as its writers take part in the lease.',
    },
  ],
  pointOfNoReturn:
    'promote-database: from then on what had not been replicated is lost, and going back is a move of its own.',
  parameters: z.object({
    /** Region to serve from: the recovery region. */
    to: z.string().min(1),
    strategy: z.enum(['failover']).default('failover'),
    /** People who must approve, the asker not among them. */
    quorum: z.int().min(1).max(3).default(1),
  }),
  example: (service) => ({ to: service.regions.recovery }),

  build({ service, params, step, gate, execution }) {
    const { from, to } = regionsOf(service, params.to);
    const manual = regionFailoverCommands(service, from, to);
    const { dns, database } = service;
    const newDoor = frontDoorOf(service, to);
    const probe = {
      region: to,
      name: dns.name,
      address: newDoor.address,
      port: newDoor.port,
      path: newDoor.readyPath,
    };
    const cluster = { region: to, globalCluster: database.globalCluster, ...clusterOf(service, to) };
    const scale = { region: to, deployments: deploymentTargetsOf(service, to) };
    const switchObject = { region: dns.switch.region, bucket: dns.switch.bucket, key: dns.switch.key };

    // Is it true? And what would stand in the way?
    const impact = step(
      'confirm-impact',
      confirmImpact,
      { service: service.name, suspect: from },
      {
        why: 'Failing over a healthy region is an outage of our own making.',
        expectSeconds: 1,
        manual: manual.confirmImpact,
      },
    );
    const reach = step(
      'reach-protected',
      reachRegion,
      { region: from },
      {
        why: 'Decided once, so that a dead region costs seconds and not a timeout per step.',
        onFailure: 'continue',
        expectSeconds: 5,
        manual: manual.reach,
      },
    );
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
    const dnsSwitch = step(
      'check-dns-switch',
      checkSwitch,
      {
        ...switchObject,
        name: dns.name,
        zone: dns.zone,
        ttlAtMostSeconds: TTL_AT_MOST_SECONDS,
        protectedAddress: frontDoorOf(service, from).address,
        recoveryAddress: newDoor.address,
      },
      {
        why: 'The switch must exist beforehand: its control plane may be gone tonight. Going back needs how it stood.',
        expectSeconds: 1,
        manual: manual.switchState,
      },
    );
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
    const lease = step(
      'check-lease',
      checkLease,
      { service: service.name },
      {
        why: 'Says which writers the fence will stop, and whether it can prove so.',
        expectSeconds: 1,
        manual: manual.lease,
      },
    );
    step(
      'notify-start',
      notifyPeople,
      {
        text: `${service.name}: moving from ${from} to ${to} is being prepared`,
        phase: 'started',
        executionId: execution.id,
        facts: {},
      },
      {
        why: 'Nobody should find out by surprise, or start the same move twice.',
        prepare: true,
        after: [impact],
        withoutUndo: 'A message cannot be unsent, and it does no harm.',
        onFailure: 'continue',
        expectSeconds: 1,
        manual: manual.notify,
      },
    );

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

    // One writer, always.
    const fence = step(
      'fence-writers',
      fenceWriters,
      {
        service: service.name,
        fromRegion: from,
        toRegion: to,
        epochBefore: lease.out.epoch,
      },
      {
        why: 'Two writers lose data silently. The old ones stop when they cannot renew their lease.',
        after: [approval],
        marks: 'fenced',
        undo: undo(giveBackLease, { service: service.name, toRegion: from, epochBefore: lease.out.epoch }),
        expectSeconds: fenceSeconds(service),
        manual: manual.fence,
      },
    );
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
    const ready = step('confirm-capacity', confirmCapacity, scale, {
      why: 'Scaling asks for capacity; only ready pods are capacity.',
      after: [prepared, fence],
      marks: 'capacity_ready',
      expectSeconds: 60,
      manual: manual.capacity,
    });
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

    // Customers follow the writer, never the other way round.
    const shift = step(
      'shift-traffic',
      setSwitch,
      {
        ...switchObject,
        name: dns.name,
        toRegion: to,
        expectedAddress: newDoor.address,
        executionId: execution.id,
      },
      {
        why: 'The latched switch needs no control plane, and does not flip back when the old region half-returns.',
        after: [probed],
        marks: 'traffic_shifted',
        undo: undo(restoreSwitch, { ...switchObject, state: dnsSwitch.out.state }),
        expectSeconds: 1,
        manual: manual.shift,
      },
    );
    const serving = step(
      'confirm-serving',
      confirmServing,
      {
        service: service.name,
        region: to,
        name: dns.name,
        expectedAddress: shift.out.expectedAddress,
        since: shift.out.trafficShiftedAt,
        holdSeconds: HOLD_SECONDS,
      },
      {
        why: 'Done is when customers succeed, and keep succeeding.',
        marks: 'serving',
        expectSeconds: dns.ttlSeconds + HOLD_SECONDS,
        manual: manual.serving,
      },
    );
    const measured = step(
      'measure-actual',
      measureActual,
      {
        service: service.name,
        region: to,
        epochBefore: lease.out.epoch,
        downSince: impact.out.downSince,
        servingAt: serving.out.servingAt,
        lagEstimateSeconds: lag.out.lastKnownLagSeconds,
      },
      {
        why: 'A target without a measurement is a wish.',
        expectSeconds: 2,
        manual: manual.measure,
      },
    );
    step(
      'notify-end',
      notifyPeople,
      {
        text: `${service.name} serves from ${to}`,
        phase: 'ended',
        executionId: execution.id,
        facts: { servingAt: serving.out.servingAt, fence: fence.out.proved },
      },
      {
        why: 'People who wait should stop waiting.',
        after: [measured],
        withoutUndo: 'A message cannot be unsent, and it does no harm.',
        onFailure: 'continue',
        expectSeconds: 1,
        manual: manual.notify,
      },
    );
  },
});

/** The move is one way: from the protected region to the recovery region. Which one serves now is seen live, by check-standby. */
function regionsOf(service: Service, to: string): { readonly from: string; readonly to: string } {
  const { protected: from, recovery } = service.regions;
  if (to === recovery) return { from, to };
  const what = to === from ? `the protected region, which a failover leaves` : 'no region of it';
  throw new LifeboatError('DR_REGION_UNKNOWN', `${service.name} cannot fail over to ${to}: that is ${what}`, {
    field: 'to',
    expected: recovery,
    actual: to,
    remedy: `--to ${recovery}`,
  });
}

const fenceSeconds = ({ fence }: Service): number =>
  Math.ceil((fence.leaseTtlMs + fence.pauseMarginMs + fence.driftMarginMs) / 1_000);
