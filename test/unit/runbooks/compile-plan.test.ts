import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../../../domain/json.ts';
import { planGates, planSteps } from '../../../domain/plan.ts';
import type { Service } from '../../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { canonicalDigest } from '../../../runbooks/language/digest.ts';
import { undo } from '../../../runbooks/language/step.ts';
import { runbookById } from '../../../runbooks/registry.ts';
import { refusal } from './refusal.ts';
import * as toy from './toy-actions.ts';
import { kept, type ToyTools, toyRunbook, why } from './toy-runbook.ts';

const compile = (
  build: (tools: ToyTools) => void,
  parameters: Record<string, Json> = { to: 'eu-west-3' },
  service = EXAMPLE_SERVICE,
) => compilePlan({ runbook: toyRunbook(build), service, parameters });

const measured = ({ step }: ToyTools) => step('measure', toy.measure, kept, { why });

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the digest', () => {
  const digest = (service: Service = EXAMPLE_SERVICE, parameters: Record<string, Json> = { to: 'eu-west-3' }) =>
    compilePlan({ runbook: runbookById('region-failover'), service, parameters }).digest;

  test('is the same whenever the same thing is compiled, without asking clock or chance', () => {
    const first = digest();
    vi.useFakeTimers({ now: new Date('2031-01-01T00:00:00Z') });
    vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('a plan must not depend on chance');
    });
    expect(digest()).toBe(first);
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('does not depend on the order in which the configuration or the parameters are written', () => {
    const reversed = Object.fromEntries(Object.entries(EXAMPLE_SERVICE).reverse()) as unknown as Service;
    expect(digest(reversed, { quorum: 1, strategy: 'failover', to: 'eu-west-3' })).toBe(digest());
  });

  test.each<[string, Partial<Service>]>([
    ['an objective', { objectives: { rtoSeconds: 900, rpoSeconds: 61 } }],
    ['a person', { people: EXAMPLE_SERVICE.people.slice(0, 2) }],
    [
      'an address',
      {
        frontDoor: {
          ...EXAMPLE_SERVICE.frontDoor,
          'eu-west-3': { address: '198.51.100.11', port: 80, readyPath: '/readyz' },
        },
      },
    ],
  ])('changes with %s', (_, change) => {
    expect(digest({ ...EXAMPLE_SERVICE, ...change })).not.toBe(digest());
  });

  test('changes when a verb comes to mean something else, though the steps read the same', () => {
    const meaning = (timeoutSeconds: number) =>
      compile((tools) => {
        tools.step('look', { ...toy.look, permissions: ['toy:other'], timeoutSeconds }, kept, {
          why,
          timeoutSeconds: 5,
        });
        measured(tools);
      });
    expect(meaning(10).nodes).toEqual(meaning(11).nodes);
    expect(meaning(10).digest).not.toBe(meaning(11).digest);
  });

  test('is that of everything else in the plan, after a round trip through JSON', () => {
    const plan = compilePlan({
      runbook: runbookById('region-failover'),
      service: EXAMPLE_SERVICE,
      parameters: { to: 'eu-west-3' },
    });
    const { digest: stated, ...rest } = JSON.parse(JSON.stringify(plan)) as Record<string, Json>;
    expect(canonicalDigest(rest)).toBe(stated);
  });

  test('is computed over RFC 8785 JSON', () => {
    const example = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    // sha256sum of the canonical text printed in RFC 8785, §3.2.2
    expect(canonicalDigest(example)).toBe('sha256:2d5e01a318d0f0879ab568c4be289c8b1f64ef8921a53c6277d5e069978baacb');
  });
});

describe('parameters', () => {
  test.each<[string, Record<string, Json>, string]>([
    ['missing', {}, 'to'],
    ['of the wrong type', { to: 3 }, 'to'],
    ['out of range', { to: 'eu-west-3', count: 0 }, 'count'],
    ['unknown', { to: 'eu-west-3', colour: 'red' }, 'colour'],
  ])('that are %s are refused naming the field', (_, parameters, field) => {
    expect(refusal(() => compile(measured, parameters))).toMatchObject({ code: 'DR_PARAMETER_INVALID', field });
  });

  test('have their defaults filled in, so the plan says what was meant', () => {
    expect(compile(measured).parameters).toEqual({ to: 'eu-west-3', count: 1 });
  });
});

describe('the plan', () => {
  test('puts every node after what it waits for, however it was written', () => {
    const plan = compile((tools) => {
      tools.step('last', toy.look, kept, { why, after: [{ id: 'middle' }] });
      tools.step('middle', toy.look, kept, { why, after: [{ id: 'first' }] });
      tools.step('first', toy.look, kept, { why });
      measured(tools);
    });
    expect(plan.nodes.map((node) => node.id)).toEqual(['first', 'middle', 'last', 'measure']);
  });

  test('takes order from references, in inputs, conditions, undos and gates alike', () => {
    const plan = compile((tools) => {
      const a = tools.step('a', toy.look, kept, { why });
      const b = tools.step('b', toy.look, kept, { why });
      const c = tools.step('c', toy.look, kept, { why });
      const own = tools.step(
        'own',
        toy.makeOwn,
        { ...kept, name: a.out.inner.deep },
        {
          why,
          when: b.out.ok,
          undo: (made) => undo(toy.makeOwn, { ...kept, name: c.out.name, count: made.count }),
        },
      );
      const check = tools.step('check', toy.verify, kept, { why, after: [own], when: b.out.ok });
      tools.gate('go', { why, shows: [a, check], roles: ['approver'], quorum: 1 });
      measured(tools);
    });
    const own = planSteps(plan).find((step) => step.id === 'own');
    expect(own).toMatchObject({
      after: ['a', 'b', 'c'],
      reads: ['a', 'c'],
      when: { $ref: ['b', 'ok'] },
      input: { region: 'eu-west-3', name: { $ref: ['a', 'inner', 'deep'] } },
      undo: { action: 'toy.makeOwn', input: { name: { $ref: ['c', 'name'] }, count: { $ref: ['own', 'count'] } } },
    });
    expect(planGates(plan)[0]?.after).toEqual(['a', 'check']);
  });

  test('does not count a step that may end without an output among those that cannot be skipped', () => {
    const plan = compile((tools) => {
      const perhaps = tools.step('perhaps', toy.look, kept, { why, onFailure: 'continue' });
      tools.step('use', toy.look, { ...kept, name: perhaps.out.name }, { why });
      measured(tools);
    });
    expect(planSteps(plan).find((step) => step.id === 'use')).toMatchObject({ after: ['perhaps'], reads: [] });
  });

  test('carries the digest of every verb it uses, those of undos too', () => {
    const plan = compile((tools) => {
      const go = tools.gate('go', {
        why,
        shows: [tools.step('look', toy.look, kept, { why })],
        roles: ['approver'],
        quorum: 1,
      });
      const fenced = tools.step('fence', toy.fence, kept, { why, after: [go], undo: undo(toy.unfence, kept) });
      tools.step('check', toy.verify, kept, { why, after: [fenced] });
      measured(tools);
    });
    expect(Object.keys(plan.contracts)).toEqual(['toy.fence', 'toy.look', 'toy.measure', 'toy.unfence', 'toy.verify']);
  });

  test('is frozen through and through', () => {
    const plan = compile(measured);
    expect(() => Object.assign(plan.nodes[0] ?? {}, { why: 'other' })).toThrow(TypeError);
  });

  test('is refused with every finding at once', () => {
    const error = refusal(() =>
      compile(({ step }) => {
        step('promote', toy.promote, kept, { why: '' });
      }),
    );
    expect(error.code).toBe('DR_RUNBOOK_LINT');
    for (const rule of [
      'every-node-says-why',
      'fence-before-promote',
      'change-behind-gate',
      'change-is-verified',
      'objective-is-measured',
    ]) {
      expect(error.message).toContain(`(${rule})`);
    }
  });
});
