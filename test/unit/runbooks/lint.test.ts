import { describe, expect, it, test } from 'vitest';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { RULES } from '../../../runbooks/language/lint/rules.ts';
import { lintRunbook } from '../../../runbooks/language/lint-runbook.ts';
import { makeReference } from '../../../runbooks/language/reference.ts';
import { undo } from '../../../runbooks/language/step.ts';
import { RUNBOOKS } from '../../../runbooks/registry.ts';
import * as toy from './toy-actions.ts';
import { brokenRules, kept, lost, type ToyTools, toyRunbook, why } from './toy-runbook.ts';

type Build = (tools: ToyTools) => void;

/** A whole move that breaks nothing, with room for one thing to be different. */
function move(change: {
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
const alone =
  (build: Build): Build =>
  (tools) => {
    build(tools);
    tools.step('measure', toy.measure, kept, { why });
  };

const gated = ({ step, gate }: ToyTools) =>
  gate('go', { why, shows: [step('look', toy.look, kept, { why })], roles: ['approver'], quorum: 1 });

/** For each rule what it must find, and a neighbour it must leave alone. */
const CASES: readonly { rule: string; refuses: string; wrong: Build; right: Build }[] = [
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
    refuses: 'a measurement that does not wait for the traffic',
    wrong: move({ measured: 'early' }),
    right: move({}),
  },
  {
    rule: 'every-node-says-why',
    refuses: 'a step without a reason',
    wrong: alone(({ step }) => {
      step('look', toy.look, kept, { why: ' ' });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, kept, { why });
    }),
  },
  {
    rule: 'well-formed-ids',
    refuses: 'an id that nobody would type',
    wrong: alone(({ step }) => {
      step('Look Here', toy.look, kept, { why });
    }),
    right: alone(({ step }) => {
      step('look-here-2', toy.look, kept, { why });
    }),
  },
  {
    rule: 'unique-ids',
    refuses: 'two steps of one name',
    wrong: alone(({ step }) => {
      step('look', toy.look, kept, { why });
      step('look', toy.look, kept, { why });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, kept, { why });
      step('look-again', toy.look, kept, { why });
    }),
  },
  {
    rule: 'known-nodes',
    refuses: 'waiting for a step that is not there',
    wrong: alone(({ step }) => {
      step('look', toy.look, kept, { why, after: [{ id: 'nowhere' }] });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, kept, { why, after: [{ id: 'measure' }] });
    }),
  },
  {
    rule: 'no-cycles',
    refuses: 'steps that wait for each other',
    wrong: alone(({ step }) => {
      step('hen', toy.look, kept, { why, after: [{ id: 'egg' }] });
      step('egg', toy.look, kept, { why, after: [{ id: 'hen' }] });
    }),
    right: alone(({ step }) => {
      step('hen', toy.look, kept, { why, after: [{ id: 'egg' }] });
      step('egg', toy.look, kept, { why });
    }),
  },
  {
    rule: 'no-cycles',
    refuses: 'an undo that reads a step which only runs later',
    wrong: alone(({ step }) => {
      const later = makeReference<string>('later', 'name');
      const own = step('own', toy.makeOwn, kept, { why, undo: undo(toy.makeOwn, { ...kept, name: later }) });
      step('later', toy.verify, kept, { why, after: [own] });
    }),
    right: alone(({ step }) => {
      const earlier = step('earlier', toy.look, kept, { why });
      const own = step('own', toy.makeOwn, kept, {
        why,
        undo: (made) => undo(toy.makeOwn, { ...kept, name: earlier.out.name, count: made.count }),
      });
      step('later', toy.verify, kept, { why, after: [own] });
    }),
  },
  {
    rule: 'output-paths',
    refuses: 'a reference to a field that the step does not give',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      step('use', toy.look, { ...kept, name: makeReference<string>(seen.id, 'inner', 'shallow') }, { why });
    }),
    right: alone(({ step, execution }) => {
      const seen = step('see', toy.look, { ...kept, name: execution.id }, { why });
      step('use', toy.look, { ...kept, name: seen.out.inner.deep }, { why });
    }),
  },
  {
    rule: 'inputs-fit',
    refuses: 'an input that cannot fit its contract',
    wrong: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: 'three' as unknown as number }, { why });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: 3 }, { why });
    }),
  },
  {
    rule: 'inputs-fit',
    refuses: 'a required field read from a step that may end without an output',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why, onFailure: 'continue' });
      step('use', toy.look, { region: seen.out.name as unknown as string }, { why });
    }),
    right: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why, onFailure: 'continue' });
      step('use', toy.look, { ...kept, name: seen.out.name }, { why });
    }),
  },
  {
    rule: 'input-is-json',
    refuses: 'an input that would not survive JSON',
    wrong: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: Number.NaN }, { why });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: 0 }, { why });
    }),
  },
  {
    rule: 'literal-regions',
    refuses: 'a region that is only known when the step runs',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      step('use', toy.look, { region: seen.out.name }, { why });
    }),
    right: alone(({ step }) => {
      step('use', toy.look, kept, { why });
    }),
  },
  {
    rule: 'literal-regions',
    refuses: 'an undo in another region than the change',
    wrong: alone(({ step }) => {
      const own = step('own', toy.makeOwn, kept, { why, undo: undo(toy.makeOwn, lost) });
      step('check', toy.verify, kept, { why, after: [own] });
    }),
    right: alone(({ step }) => {
      const own = step('own', toy.makeOwn, kept, { why, undo: undo(toy.makeOwn, kept) });
      step('check', toy.verify, kept, { why, after: [own] });
    }),
  },
  {
    rule: 'always-reads-nothing',
    refuses: 'clean-up that needs the output of a step that may have failed',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      step('clean', toy.look, { ...kept, name: seen.out.name }, { why, always: true });
    }),
    right: alone(({ step, execution }) => {
      const seen = step('see', toy.look, kept, { why });
      step('clean', toy.look, { ...kept, name: execution.id }, { why, always: true, after: [seen] });
    }),
  },
];

describe.each(CASES)('$rule refuses $refuses', ({ rule, wrong, right }) => {
  it('finds it', () => expect(brokenRules(wrong)).toContain(rule));
  it('and leaves its neighbour alone', () => expect(brokenRules(right)).toEqual([]));
});

test('every rule has a case here, and every case a rule', () => {
  const problems = ['unique-ids', 'input-is-json'];
  const ruleIds = [...RULES.map((rule) => rule.id), ...problems].sort();
  expect([...new Set(CASES.map((each) => each.rule))].sort()).toEqual(ruleIds);
});

test('a finding names the step, what is wrong with its values, and the rule', () => {
  const findings = lintRunbook(toyRunbook(move({ probeRegion: { region: 'eu-central-1' } })), EXAMPLE_SERVICE);
  expect(findings).toEqual([
    {
      rule: 'traffic-after-probe',
      node: 'shift',
      says: 'it moves traffic to eu-west-3, whose front door nothing before it asked at its own address',
    },
  ]);
});

test.each(RUNBOOKS.map((runbook) => [runbook.id, runbook] as const))('%s breaks no rule', (_, runbook) => {
  expect(lintRunbook(runbook, EXAMPLE_SERVICE)).toEqual([]);
});
