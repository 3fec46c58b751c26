import { undo } from '../../../runbooks/language/step.ts';
import { alone, gated, type LintCase, move } from './lint-case.ts';
import * as toy from './toy-actions.ts';
import { kept, lost, why } from './toy-runbook.ts';

/** Rules about what a runbook does, and in which order. */
export const CASES_OF_CONDUCT: readonly LintCase[] = [
  {
    rule: 'fence-before-promote',
    refuses: 'a promotion that no fence comes before',
    wrong: move({ fenceFirst: false }),
    right: move({}),
  },
  {
    rule: 'fence-before-promote',
    refuses: 'a promotion behind a fence that is allowed to fail',
    wrong: move({ fenceOptions: { onFailure: 'continue' } }),
    right: move({}),
  },
  {
    rule: 'move-must-succeed',
    refuses: 'a fence that is allowed to fail',
    wrong: move({ fenceOptions: { onFailure: 'continue' } }),
    right: move({}),
  },
  {
    rule: 'traffic-after-probe',
    refuses: 'traffic towards a region whose front door was never asked, though another one was',
    wrong: move({ probeRegion: { region: 'eu-central-1' } }),
    right: move({ probeRegion: kept }),
  },
  {
    rule: 'traffic-after-writer',
    refuses: 'traffic before the promotion',
    wrong: move({ promoteBeforeTraffic: false }),
    right: move({ promoteBeforeTraffic: true }),
  },
  {
    rule: 'traffic-after-writer',
    refuses: 'traffic before capacity was confirmed',
    wrong: move({ capacity: false }),
    right: alone((tools) => {
      const writer = tools.step('writer', toy.findWriter, kept, { why });
      const probed = tools.step('probe', toy.probe, kept, { why });
      const shifted = tools.step('shift', toy.shift, kept, {
        why,
        after: [gated(tools), probed, writer],
        undo: undo(toy.shift, kept),
      });
      const serving = tools.step('serving', toy.verify, kept, { why, after: [shifted] });
      tools.step('measure-it', toy.measure, kept, { why, after: [serving] });
    }),
  },
  {
    rule: 'change-is-verified',
    refuses: 'a change that nobody verifies',
    wrong: move({ verified: false }),
    right: move({ verified: true }),
  },
  {
    rule: 'change-is-verified',
    refuses: 'a change whose only verification is conditional',
    wrong: alone((tools) => {
      const seen = tools.step('see', toy.look, kept, { why });
      const own = tools.step('own', toy.makeOwn, kept, { why, withoutUndo: 'test' });
      tools.step('check', toy.verify, kept, { why, after: [own], when: seen.out.ok });
    }),
    right: alone((tools) => {
      const seen = tools.step('see', toy.look, kept, { why });
      const own = tools.step('own', toy.makeOwn, kept, { why, withoutUndo: 'test', when: seen.out.ok });
      tools.step('check', toy.verify, kept, { why, after: [own], when: seen.out.ok });
    }),
  },
  {
    rule: 'change-has-undo',
    refuses: 'a change with neither an undo nor a reason',
    wrong: alone(({ step }) => {
      step('check', toy.verify, kept, { why, after: [step('own', toy.makeOwn, kept, { why })] });
    }),
    right: alone(({ step }) => {
      step('check', toy.verify, kept, { why, after: [step('own', toy.makeOwn, kept, { why, withoutUndo: 'cheap' })] });
    }),
  },
  {
    rule: 'change-behind-gate',
    refuses: 'a change that nobody decided on',
    wrong: move({ promoteGate: false }),
    right: move({}),
  },
  {
    rule: 'change-behind-gate',
    refuses: 'an undoable change before the gate that is no preparation',
    wrong: alone(({ step }) => {
      const scaled = step('scale', toy.scale, kept, { why, undo: undo(toy.scale, kept) });
      step('check', toy.verify, kept, { why, after: [scaled] });
    }),
    right: alone(({ step }) => {
      const scaled = step('scale', toy.scale, kept, { why, undo: undo(toy.scale, kept), prepare: true });
      const own = step('own', toy.makeOwn, kept, { why, withoutUndo: 'removed at the end' });
      step('check', toy.verify, kept, { why, after: [scaled, own] });
    }),
  },
  {
    rule: 'prepare-is-harmless',
    refuses: 'an observing step marked as preparation',
    wrong: alone(({ step }) => {
      step('look', toy.look, kept, { why, prepare: true });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, kept, { why });
    }),
  },
  {
    rule: 'prepare-is-harmless',
    refuses: 'a fence smuggled past the gate as preparation',
    wrong: alone(({ step }) => {
      const fenced = step('fence', toy.fence, kept, { why, prepare: true, undo: undo(toy.unfence, kept) });
      step('check', toy.verify, kept, { why, after: [fenced] });
    }),
    right: move({}),
  },
  {
    rule: 'lost-region-may-fail',
    refuses: 'a move that depends on the region it leaves',
    wrong: (tools) => {
      tools.step('ask-old', toy.look, lost, { why });
      move({})(tools);
    },
    right: (tools) => {
      const old = tools.step('ask-old', toy.look, lost, { why, onFailure: 'continue' });
      tools.step('use-old', toy.look, lost, { why, when: old.out.ok });
      move({})(tools);
    },
  },
  {
    rule: 'gate-shows-facts',
    refuses: 'a gate that shows nothing',
    wrong: alone(({ gate }) => {
      gate('go', { why, shows: [], roles: ['approver'], quorum: 1 });
    }),
    right: alone((tools) => {
      gated(tools);
    }),
  },
  {
    rule: 'gate-shows-facts',
    refuses: 'a bound on a fact that the gate does not show',
    wrong: alone(({ step, gate }) => {
      const seen = step('see', toy.look, kept, { why });
      const hidden = step('hide', toy.look, kept, { why });
      const bounds = [{ id: 'b', says: 'few', fact: hidden.out.count, atMost: 1, unknown: 'refuse' as const }];
      gate('go', { why, shows: [seen], roles: ['approver'], quorum: 1, bounds });
    }),
    right: alone(({ step, gate }) => {
      const seen = step('see', toy.look, kept, { why });
      const bounds = [{ id: 'b', says: 'few', fact: seen.out.count, atMost: 1, unknown: 'refuse' as const }];
      gate('go', { why, shows: [seen], roles: ['approver'], quorum: 1, bounds });
    }),
  },
  {
    rule: 'gate-can-pass',
    refuses: 'a gate that wants more people than the service has',
    wrong: alone(({ step, gate }) => {
      gate('go', { why, shows: [step('look', toy.look, kept, { why })], roles: ['approver'], quorum: 3 });
    }),
    right: alone(({ step, gate }) => {
      gate('go', { why, shows: [step('look', toy.look, kept, { why })], roles: ['approver'], quorum: 2 });
    }),
  },
  {
    rule: 'singletons-after-writable',
    refuses: 'consumers started before the database takes writes',
    wrong: alone((tools) => {
      const started = tools.step('consume', toy.consume, kept, { why, after: [gated(tools)], withoutUndo: 'test' });
      tools.step('check', toy.verify, kept, { why, after: [started] });
    }),
    right: alone((tools) => {
      const writable = tools.step('writable', toy.verify, kept, { why, marks: 'writable' });
      const started = tools.step('consume', toy.consume, kept, {
        why,
        after: [gated(tools), writable],
        withoutUndo: 'test',
      });
      tools.step('check', toy.verify, kept, { why, after: [started] });
    }),
  },
  {
    rule: 'objective-is-measured',
    refuses: 'a runbook that never measures',
    wrong: move({ measured: false }),
    right: move({}),
  },
  {
    rule: 'objective-is-measured',
    refuses: 'a change without a measurement, though looking alone needs none',
    wrong: ({ step }) => {
      step('scale', toy.scale, kept, { why, undo: undo(toy.scale, kept) });
    },
    right: ({ step }) => {
      step('look', toy.look, kept, { why });
    },
  },
  {
    rule: 'objective-is-measured',
    refuses: 'a measurement that does not wait for the traffic',
    wrong: move({ measured: 'early' }),
    right: move({}),
  },
];
