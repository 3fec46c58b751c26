import { undo } from '../../../runbooks/language/step.ts';
import * as toy from './toy-actions.ts';
import { kept, type ToyTools, why } from './toy-runbook.ts';

export type Build = (tools: ToyTools) => void;

/** A whole move that breaks nothing, with room for one thing to be different. */
export function move(change: {
  fenceFirst?: boolean;
  fenceOptions?: { onFailure: 'continue' };
  promoteGate?: boolean;
  probeRegion?: { region: string };
  capacity?: boolean;
  promoteBeforeTraffic?: boolean;
  verified?: boolean;
  measured?: boolean | 'early';
}): Build {
  return ({ step, gate }) => {
    const seen = step('look', toy.look, kept, { why });
    const go = gate('go', { why, shows: [seen], roles: ['approver'], quorum: 1 });
    const before = change.promoteGate === false ? [] : [go];
    const back = { undo: undo(toy.unfence, kept) };
    const fenced = change.fenceOptions
      ? step('fence', toy.fence, kept, { why, after: before, ...back, ...change.fenceOptions })
      : step('fence', toy.fence, kept, { why, after: before, ...back });
    const promoted = step('promote', toy.promote, kept, {
      why,
      after: change.fenceFirst === false ? before : [fenced],
    });
    const writable = step('writable', toy.verify, kept, { why, after: [promoted, fenced], marks: 'writable' });
    const able = change.capacity === false ? [] : [step('capacity', toy.capacity, kept, { why })];
    const probed = step('probe', toy.probe, change.probeRegion ?? kept, { why, after: able });
    const shifted = step('shift', toy.shift, kept, {
      why,
      after: [probed, go, ...(change.promoteBeforeTraffic === false ? [] : [writable])],
      undo: undo(toy.shift, kept),
    });
    const serving = step('serving', toy.verify, kept, { why, after: change.verified === false ? [] : [shifted] });
    if (change.measured !== false) {
      step('measure', toy.measure, kept, { why, after: change.measured === 'early' ? [] : [serving, shifted] });
    }
  };
}

/** One step of any kind in a runbook that is otherwise fine. */
export const alone =
  (build: Build): Build =>
  (tools) => {
    build(tools);
    tools.step('measure', toy.measure, kept, { why });
  };

export const gated = ({ step, gate }: ToyTools) =>
  gate('go', { why, shows: [step('look', toy.look, kept, { why })], roles: ['approver'], quorum: 1 });

/** What a rule must find, and a neighbour it must leave alone. */
export interface LintCase {
  readonly rule: string;
  readonly refuses: string;
  readonly wrong: Build;
  readonly right: Build;
}
