import type { Service } from '../../domain/service.ts';
import { confirmCapacity } from '../actions/compute/confirm-capacity.ts';
import { checkSwitch } from '../actions/dns/check-switch.ts';
import { confirmImpact } from '../actions/impact/confirm.ts';
import { checkLease } from '../actions/lease/check.ts';
import { fenceWriters } from '../actions/lease/fence.ts';
import { giveBackLease } from '../actions/lease/give-back.ts';
import { notifyPeople } from '../actions/people/notify.ts';
import { reachRegion } from '../actions/region/reach.ts';
import type { Ref } from '../language/reference.ts';
import { type NodeHandle, undo } from '../language/step.ts';
import type { regionFailoverCommands } from '../manual/region-failover-commands.ts';
import { frontDoorOf } from '../service-parts.ts';
import type { Move, MoveTools } from './move.ts';

/** Steps that every strategy of a region failover takes, in the same words. */

type Manual = ReturnType<typeof regionFailoverCommands>;

/** Answers cached longer than this cost more time than anything else in the move. */
const TTL_AT_MOST_SECONDS = 60;

/** Is it true? And can the region be asked at all? */
export function lookAtImpact({ service, step }: MoveTools, { from }: Move, manual: Manual) {
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
  return { impact, reach };
}

export function checkDnsSwitch({ service, step }: MoveTools, { from, newDoor, switchObject }: Move, manual: Manual) {
  const { dns } = service;
  return step(
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
}

export function checkWriteLease({ service, step }: MoveTools, manual: Manual) {
  return step(
    'check-lease',
    checkLease,
    { service: service.name },
    {
      why: 'Says which writers the fence will stop, and whether it can prove so.',
      expectSeconds: 1,
      manual: manual.lease,
    },
  );
}

/** Nothing waits for it. */
export function notifyStart(
  { service, step, execution }: MoveTools,
  { from, to }: Move,
  manual: Manual,
  impact: NodeHandle,
): void {
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
}

/** One writer, always. */
export function fenceOldWriters(
  { service, step }: MoveTools,
  { from, to }: Move,
  manual: Manual,
  { approval, epochBefore }: { readonly approval: NodeHandle; readonly epochBefore: Ref<number> },
) {
  return step(
    'fence-writers',
    fenceWriters,
    {
      service: service.name,
      fromRegion: from,
      toRegion: to,
      epochBefore: epochBefore,
    },
    {
      why: 'Two writers lose data silently. The old ones stop when they cannot renew their lease.',
      after: [approval],
      marks: 'fenced',
      undo: undo(giveBackLease, { service: service.name, toRegion: from, epochBefore: epochBefore }),
      expectSeconds: fenceSeconds(service),
      manual: manual.fence,
    },
  );
}

export function confirmReadyPods({ step }: MoveTools, { scale }: Move, manual: Manual, after: readonly NodeHandle[]) {
  return step('confirm-capacity', confirmCapacity, scale, {
    why: 'Scaling asks for capacity; only ready pods are capacity.',
    after,
    marks: 'capacity_ready',
    expectSeconds: 60,
    manual: manual.capacity,
  });
}

const fenceSeconds = ({ fence }: Service): number =>
  Math.ceil((fence.leaseTtlMs + fence.pauseMarginMs + fence.driftMarginMs) / 1_000);
