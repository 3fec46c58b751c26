import type { AnyImplementation } from './attempt/implement.ts';
import { confirmCapacity } from './compute/confirm-capacity.ts';
import { readScale } from './compute/read-scale.ts';
import { restoreScale } from './compute/restore-scale.ts';
import { scale } from './compute/scale.ts';
import { start as startCompute } from './compute/start.ts';
import { stop as stopCompute } from './compute/stop.ts';
import { bookmark } from './database/bookmark.ts';
import { checkStandby } from './database/check-standby.ts';
import { probeWrite } from './database/probe-write.ts';
import { promote } from './database/promote.ts';
import { readLag } from './database/read-lag.ts';
import { validate } from './database/validate.ts';
import { checkSwitch } from './dns/check-switch.ts';
import { probe } from './front-door/probe.ts';
import { confirm } from './impact/confirm.ts';
import { apply as applyInfrastructure } from './infrastructure/apply.ts';
import { plan as planInfrastructure } from './infrastructure/plan.ts';
import { check } from './lease/check.ts';
import { fence } from './lease/fence.ts';
import { giveBack } from './lease/give-back.ts';
import { actual } from './measure/actual.ts';
import { exposure } from './measure/exposure.ts';
import { restore as measureRestore } from './measure/restore.ts';
import { notify } from './people/notify.ts';
import { backups as postureBackups } from './posture/backups.ts';
import { compute as postureCompute } from './posture/compute.ts';
import { dns as postureDns } from './posture/dns.ts';
import { drills as postureDrills } from './posture/drills.ts';
import { evidence as postureEvidence } from './posture/evidence.ts';
import { leftovers as postureLeftovers } from './posture/leftovers.ts';
import { parameters as postureParameters } from './posture/parameters.ts';
import { protection as postureProtection } from './posture/protection.ts';
import { standby as postureStandby } from './posture/standby.ts';
import { verdict as postureVerdict } from './posture/verdict.ts';
import { adoptRestored } from './recovery/adopt-restored.ts';
import { assessLoss } from './recovery/assess-loss.ts';
import { checkVacancy } from './recovery/check-vacancy.ts';
import { compare as compareWithCopy } from './recovery/compare.ts';
import { confirmSwapped } from './recovery/confirm-swapped.ts';
import { confirmWriter } from './recovery/confirm-writer.ts';
import { copyRows } from './recovery/copy-rows.ts';
import { countWrittenSince } from './recovery/count-written-since.ts';
import { discardRestored } from './recovery/discard-restored.ts';
import { keepRestored } from './recovery/keep-restored.ts';
import { measureSwap } from './recovery/measure-swap.ts';
import { readSource } from './recovery/read-source.ts';
import { rename as renameCluster } from './recovery/rename.ts';
import { reach } from './region/reach.ts';
import { awaitRestorable } from './restore/await-restorable.ts';
import { checkPlacement } from './restore/check-placement.ts';
import { cleanUp } from './restore/clean-up.ts';
import { createInstance } from './restore/create-instance.ts';
import { estimate } from './restore/estimate.ts';
import { fromSnapshot } from './restore/from-snapshot.ts';
import { pointInTime } from './restore/point-in-time.ts';
import { removeLeftovers } from './restore/remove-leftovers.ts';
import { choose } from './snapshot/choose.ts';
import { copy } from './snapshot/copy.ts';
import { markCopy } from './snapshot/mark-copy.ts';
import { prune } from './snapshot/prune.ts';
import { take } from './snapshot/take.ts';
import { validationDue } from './snapshot/validation-due.ts';
import { verify } from './snapshot/verify.ts';
import { confirmServing } from './traffic/confirm-serving.ts';
import { restoreSwitch } from './traffic/restore-switch.ts';
import { setSwitch } from './traffic/set-switch.ts';

/** Every action a worker can run. A contract without an entry here cannot be executed; a test holds the two together. */
export const IMPLEMENTATIONS: readonly AnyImplementation[] = [
  confirm,
  reach,
  check,
  fence,
  giveBack,
  checkStandby,
  readLag,
  promote,
  probeWrite,
  checkSwitch,
  probe,
  readScale,
  scale,
  restoreScale,
  confirmCapacity,
  setSwitch,
  restoreSwitch,
  confirmServing,
  actual,
  notify,
  bookmark,
  validate,
  awaitRestorable,
  pointInTime,
  fromSnapshot,
  createInstance,
  checkPlacement,
  estimate,
  removeLeftovers,
  cleanUp,
  choose,
  take,
  copy,
  verify,
  validationDue,
  markCopy,
  prune,
  measureRestore,
  exposure,
  postureBackups,
  postureCompute,
  postureDns,
  postureDrills,
  postureEvidence,
  postureLeftovers,
  postureParameters,
  postureProtection,
  postureStandby,
  postureVerdict,
  applyInfrastructure,
  planInfrastructure,
  adoptRestored,
  assessLoss,
  checkVacancy,
  compareWithCopy,
  confirmWriter,
  countWrittenSince,
  copyRows,
  discardRestored,
  keepRestored,
  startCompute,
  stopCompute,
  readSource,
  renameCluster,
  confirmSwapped,
  measureSwap,
];
