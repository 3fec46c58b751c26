import { scaleCompute } from '../actions/compute/scale.ts';
import { probeWrite } from '../actions/database/probe-write.ts';
import { validateDatabase } from '../actions/database/validate.ts';
import { probeFrontDoor } from '../actions/front-door/probe.ts';
import { applyInfrastructure } from '../actions/infrastructure/apply.ts';
import { planInfrastructure } from '../actions/infrastructure/plan.ts';
import { adoptRestored } from '../actions/recovery/adopt-restored.ts';
import { assessLoss } from '../actions/recovery/assess-loss.ts';
import { checkVacancy } from '../actions/recovery/check-vacancy.ts';
import { confirmWriter } from '../actions/recovery/confirm-writer.ts';
import { discardRestored } from '../actions/recovery/discard-restored.ts';
import { checkPlacement } from '../actions/restore/check-placement.ts';
import { createInstance } from '../actions/restore/create-instance.ts';
import { estimateRestore } from '../actions/restore/estimate.ts';
import { restoreFromSnapshot } from '../actions/restore/from-snapshot.ts';
import { chooseSnapshot } from '../actions/snapshot/choose.ts';
import { markCopy } from '../actions/snapshot/mark-copy.ts';
import type { BoundDeclaration } from '../language/gate.ts';
import { undo } from '../language/step.ts';
import { regionFailoverCommands } from '../manual/region-failover-commands.ts';
import { clusterOf, coldRecoveryOf, restorePlacementOf } from '../service-parts.ts';
import { coldCommands } from './cold-commands.ts';
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

/**
 * `restore`, the cold path: nothing stands in the recovery region. Its stack is brought up, the newest copy restored under the name
 * that the service's configuration and its pods know, validated, and the tail is that of every failover.
 */
export function restoreCopy(tools: MoveTools, move: Move): void {
  const { service, params, step, gate, execution } = tools;
  const { from, to, probe, scale } = move;
  const { objectives } = service;
  const stack = coldRecoveryOf(service);
  const placement = restorePlacementOf(service, to);
  const { cluster } = clusterOf(service, to);
  const manual = regionFailoverCommands(service, from, to);
  const cold = coldCommands(service, from, to, { stack, placement });
  const infrastructure = { region: to, folder: stack.infrastructureFolder, variables: stack.variables };

  // Is it true? What is there to go on with, how much is lost with it, and how long will it take?
  const { impact, reach } = lookAtImpact(tools, move, manual);
  const copy = step(
    'choose-copy',
    chooseSnapshot,
    { region: to, cluster: clusterOf(service, from).cluster, kind: 'copy', validatedOnly: false },
    {
      why: 'The newest copy that this region holds is all that is left of the database.',
      expectSeconds: 1,
      manual: cold.chooseCopy,
    },
  );
  const loss = step(
    'assess-loss',
    assessLoss,
    { service: service.name, dataTime: copy.out.dataTime, rpoSeconds: objectives.rpoSeconds },
    {
      why: 'Everything written since the copy’s data was current is lost; whoever approves signs how much.',
      expectSeconds: 1,
      manual: cold.loss,
    },
  );
  const estimate = step(
    'estimate-restore',
    estimateRestore,
    { region: to, sizeBytes: copy.out.sizeBytes, objectiveSeconds: objectives.rtoSeconds, objectiveName: 'RTO' },
    {
      why: 'A restore takes as long as the database is large: better known now than found out.',
      expectSeconds: 1,
      manual: cold.estimate,
    },
  );
  const vacancy = step(
    'check-vacancy',
    checkVacancy,
    { region: to, cluster, executionId: execution.id },
    {
      why: 'The restored database takes the name that pods know. If a standby has it, promoting that loses less.',
      expectSeconds: 1,
      manual: cold.vacancy,
    },
  );
  const planned = step('plan-infrastructure', planInfrastructure, infrastructure, {
    why: 'What stands in the way of the stack must be known before anybody waits for it.',
    expectSeconds: 30,
    manual: cold.plan,
  });
  const dnsSwitch = checkDnsSwitch(tools, move, manual);
  const lease = checkWriteLease(tools, manual);
  notifyStart(tools, move, manual, impact);

  const approval = gate('approve-restore', {
    why: 'What the copy does not hold is lost for good, and what is built costs money. Somebody other than the asker says yes to both.',
    shows: [impact, reach, copy, loss, estimate, vacancy, planned, dnsSwitch, lease],
    roles: ['approver'],
    quorum: params.quorum,
    bounds: [
      ...lossBound(params.lossAtMostSeconds ?? objectives.exposureSeconds, (atMost) => ({
        id: 'loss',
        says: `data loss at most ${atMost} s (the objective is ${objectives.rpoSeconds} s)`,
        fact: loss.out.lossSeconds,
        atMost,
        unknown: 'refuse',
      })),
      {
        id: 'vantages',
        says: 'every vantage sees the outage',
        fact: impact.out.vantagesAgree,
        equals: true,
        unknown: 'refuse',
      },
    ],
  });

  // No preparation: nothing here takes down again what it creates.
  const up = step('bring-up-infrastructure', applyInfrastructure, infrastructure, {
    why: 'Network, nodes and namespaces first: the database needs its subnets, the pods their nodes.',
    after: [approval],
    withoutUndo: 'It only adds, in a region that has nothing; taking it down again is for people in daylight.',
    expectSeconds: 900,
    manual: cold.apply,
  });
  const fence = fenceOldWriters(tools, move, manual, { approval, epochBefore: lease.out.epoch });

  // The database, from what is left of it.
  const restored = step(
    'restore-database',
    restoreFromSnapshot,
    { region: to, snapshot: copy.out.snapshot, executionId: execution.id, cluster, keep: true, placement },
    {
      why: 'The same name gives the same endpoint: pods find it without a change.',
      after: [up, fence, vacancy],
      marks: 'restored',
      undo: undo(discardRestored, { region: to, cluster, executionId: execution.id }),
      expectSeconds: 1_800,
      manual: cold.restore,
    },
  );
  const instance = step(
    'create-instance',
    createInstance,
    {
      region: to,
      cluster: restored.out.cluster,
      executionId: execution.id,
      instanceClass: placement.instanceClass,
      keep: true,
    },
    {
      why: 'Storage alone answers nobody.',
      withoutUndo: 'It goes with the restored database.',
      expectSeconds: 600,
      manual: cold.instance,
    },
  );
  const placed = step(
    'check-placement',
    checkPlacement,
    { region: to, cluster: instance.out.cluster, executionId: execution.id, placement },
    {
      why: 'What a restore is not told it takes from defaults, which are not production’s.',
      expectSeconds: 1,
      manual: cold.placement,
    },
  );
  const marking = { region: to, snapshot: copy.out.snapshot, snapshotArn: copy.out.snapshotArn };
  // A mark that cannot be written must not keep customers waiting for long.
  const begun = step(
    'mark-validation-begun',
    markCopy,
    { ...marking, mark: 'validation_begun', at: instance.out.instanceAvailableAt },
    {
      why: 'If the copy is not whole, a second try takes the next older one by itself.',
      after: [placed],
      onFailure: 'continue',
      timeoutSeconds: 10,
      withoutUndo: 'It says what is so, until the copy was found whole.',
      expectSeconds: 1,
      manual: cold.markBegun,
    },
  );
  const validated = step(
    'validate',
    validateDatabase,
    { region: to, cluster: instance.out.cluster, bookmark: null },
    {
      why: 'A copy that was never restored is a hypothesis. The source cannot be asked, so it must prove itself.',
      after: [begun],
      marks: 'validated',
      expectSeconds: 60,
      manual: cold.validate,
    },
  );
  step(
    'mark-validated',
    markCopy,
    { ...marking, mark: 'validated', at: validated.out.validatedAt },
    {
      why: 'Whoever looks for a copy next time should know that this one was found whole.',
      onFailure: 'continue',
      withoutUndo: 'It says what is so.',
      expectSeconds: 1,
      manual: cold.markValidated,
    },
  );
  const written = step(
    'probe-write',
    probeWrite,
    { region: to, endpoint: instance.out.endpoint, epoch: fence.out.epoch, executionId: execution.id },
    {
      why: 'Available is not yet writable.',
      after: [validated],
      marks: 'writable',
      withoutUndo: 'One row in a table of its own, kept as proof.',
      expectSeconds: 2,
      manual: cold.probeWrite,
    },
  );
  const writer = step(
    'confirm-writer',
    confirmWriter,
    { region: to, cluster: instance.out.cluster, epoch: fence.out.epoch },
    {
      why: 'Traffic goes only to where the one writer is.',
      after: [written],
      expectSeconds: 1,
      manual: cold.confirmWriter,
    },
  );

  // Pods start while the database comes, and are ready once they reach it.
  const scaled = step('raise-replicas', scaleCompute, scale, {
    why: 'Pods take long to come; they may wait for the database.',
    after: [up],
    withoutUndo: 'More pods in a region that was brought up for them harm nobody.',
    expectSeconds: 2,
    manual: manual.scale,
  });
  const ready = confirmReadyPods(tools, move, manual, [scaled, writer]);
  const probed = step(
    'probe-front-door',
    probeFrontDoor,
    { ...probe, whenNotReady: 'wait' },
    {
      why: 'Traffic must not be the first test of the new front door. Before the restore nothing could answer there.',
      after: [ready, writer],
      timeoutSeconds: 600,
      expectSeconds: 5,
      manual: manual.probe,
    },
  );

  const adopted = step(
    'adopt-restored',
    adoptRestored,
    { region: to, cluster: writer.out.cluster, executionId: execution.id, epoch: fence.out.epoch },
    {
      why: 'Customers write to it next, and going back would lose that: from here on nothing is taken back.',
      after: [probed],
      expectSeconds: 1,
      manual: cold.adopt,
    },
  );

  serveFromThere(tools, move, manual, {
    ready: adopted,
    switchState: dnsSwitch.out.state,
    epochBefore: lease.out.epoch,
    downSince: impact.out.downSince,
    fenceProved: fence.out.proved,
    lagEstimateSeconds: null,
    restoredTo: copy.out.dataTime,
  });
}

/**
 * A copy hours old is far outside the RPO, and all there is. What may be lost is therefore held against the exposure objective, or
 * against what whoever asks says in so many seconds; an approver signs that figure. Without either there is no bound, only the fact.
 */
const lossBound = (
  atMost: number | undefined,
  bound: (atMost: number) => BoundDeclaration,
): readonly BoundDeclaration[] => (atMost === undefined ? [] : [bound(atMost)]);
