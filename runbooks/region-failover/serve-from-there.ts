import type { z } from 'zod';
import type { checkSwitch } from '../actions/dns/check-switch.ts';
import type { leaseProof } from '../actions/lease/proof.ts';
import { measureActual } from '../actions/measure/actual.ts';
import { notifyPeople } from '../actions/people/notify.ts';
import { confirmServing } from '../actions/traffic/confirm-serving.ts';
import { restoreSwitch } from '../actions/traffic/restore-switch.ts';
import { setSwitch } from '../actions/traffic/set-switch.ts';
import type { Ref } from '../language/reference.ts';
import { type NodeHandle, undo } from '../language/step.ts';
import type { regionFailoverCommands } from '../manual/region-failover-commands.ts';
import type { Move, MoveTools } from './move.ts';

/** Customers must succeed this long before the clock stops: a lucky request is not service. */
const HOLD_SECONDS = 3;

interface Known {
  /** The new front door answers, with the writer and enough pods behind it. */
  readonly ready: NodeHandle;
  readonly switchState: Ref<z.output<(typeof checkSwitch)['output']>['state']>;
  readonly epochBefore: Ref<number>;
  readonly downSince: Ref<string | null>;
  readonly fenceProved: Ref<z.output<typeof leaseProof>>;
  readonly lagEstimateSeconds: Ref<number | null> | null;
  /** Instant whose state serves, where it is that of a copy: what was lost may reach back to it. */
  readonly restoredTo?: Ref<string>;
}

/** Customers follow the writer, never the other way round; then the move is measured. */
export function serveFromThere(
  { service, step, execution }: MoveTools,
  { to, newDoor, switchObject }: Move,
  manual: ReturnType<typeof regionFailoverCommands>,
  known: Known,
): void {
  const { dns } = service;
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
      after: [known.ready],
      marks: 'traffic_shifted',
      undo: undo(restoreSwitch, { ...switchObject, state: known.switchState }),
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
      epochBefore: known.epochBefore,
      downSince: known.downSince,
      servingAt: serving.out.servingAt,
      lagEstimateSeconds: known.lagEstimateSeconds,
      ...(known.restoredTo && { restoredTo: known.restoredTo }),
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
      facts: { servingAt: serving.out.servingAt, fence: known.fenceProved },
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
}
