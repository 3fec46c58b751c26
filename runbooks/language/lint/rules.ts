import { alwaysReadsNothing } from './always-reads-nothing.ts';
import { changeBehindGate } from './change-behind-gate.ts';
import { changeHasUndo } from './change-has-undo.ts';
import { changeIsVerified } from './change-is-verified.ts';
import { everyNodeSaysWhy } from './every-node-says-why.ts';
import { fenceBeforePromote } from './fence-before-promote.ts';
import { gateCanPass } from './gate-can-pass.ts';
import { gateShowsFacts } from './gate-shows-facts.ts';
import { inputsFit } from './inputs-fit.ts';
import { knownNodes } from './known-nodes.ts';
import { literalRegions } from './literal-regions.ts';
import { lostRegionMayFail } from './lost-region-may-fail.ts';
import { moveMustSucceed } from './move-must-succeed.ts';
import { noCycles } from './no-cycles.ts';
import { objectiveIsMeasured } from './objective-is-measured.ts';
import { outputPaths } from './output-paths.ts';
import { prepareIsHarmless } from './prepare-is-harmless.ts';
import { restoreIsCleanedUp } from './restore-is-cleaned-up.ts';
import { restoreIsValidated } from './restore-is-validated.ts';
import type { Rule } from './rule.ts';
import { singletonsAfterWritable } from './singletons-after-writable.ts';
import { trafficAfterProbe } from './traffic-after-probe.ts';
import { trafficAfterWriter } from './traffic-after-writer.ts';
import { wellFormedIds } from './well-formed-ids.ts';

/** Every rule: first whether the plan hangs together, then whether it is safe. */
export const RULES: readonly Rule[] = [
  wellFormedIds,
  knownNodes,
  noCycles,
  outputPaths,
  inputsFit,
  literalRegions,
  alwaysReadsNothing,
  everyNodeSaysWhy,
  fenceBeforePromote,
  moveMustSucceed,
  trafficAfterProbe,
  trafficAfterWriter,
  singletonsAfterWritable,
  changeBehindGate,
  changeHasUndo,
  changeIsVerified,
  prepareIsHarmless,
  lostRegionMayFail,
  gateShowsFacts,
  gateCanPass,
  objectiveIsMeasured,
  restoreIsCleanedUp,
  restoreIsValidated,
];
