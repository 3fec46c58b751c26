// biome-ignore-all lint/suspicious/noThenProperty: a parameter is called so; no promise is near.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { LifeboatError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { type Plan, planGates, planSteps } from '../../../domain/plan.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { manualScript } from '../../../runbooks/pages/manual-script.ts';
import { pointInTimeRecovery } from '../../../runbooks/point-in-time-recovery.ts';
import { earlierThan } from './earlier-than.ts';

const AT = '2026-11-21T03:11:59Z';
const COPY_BACK = { then: 'copy-rows', tables: 'bookings, reminders' } as const;

const compile = (parameters: Record<string, Json> = {}): Plan =>
  compilePlan({ runbook: pointInTimeRecovery, service: EXAMPLE_SERVICE, parameters: { restoreTo: AT, ...parameters } });

const stepOf = (plan: Plan, id: string) => planSteps(plan).find((step) => step.id === id);

describe.each([
  ['that keeps the copy', compile(), 'approve-keeping', 'keep-copy'],
  ['that copies rows back', compile(COPY_BACK), 'approve-copying', 'copy-rows'],
  ['that swaps writers', compile({ then: 'swap' }), 'approve-swapping', 'stop-writers'],
])('a recovery %s', (_, plan, gate, change) => {
  test('changes nothing but what it made before somebody approved, who saw what would be lost', () => {
    expect(earlierThan(plan, change)).toContain(gate);
    const early = planSteps(plan).filter(
      (step) => step.effect !== 'observe' && !step.always && !earlierThan(plan, step.id).includes(gate),
    );
    expect(early.every((step) => step.drill === 'own')).toBe(true);
    expect(planGates(plan)[0]?.shows).toEqual(expect.arrayContaining(['compare', 'validate', 'await-restorable']));
  });

  test('restores beside the running database and compares only what was found whole', () => {
    expect(stepOf(plan, 'restore-beside')?.input).toMatchObject({ sourceCluster: 'booking-ew1' });
    expect(earlierThan(plan, 'compare')).toEqual(expect.arrayContaining(['check-placement', 'validate']));
  });

  test('cleans up whatever happens, and tells how it ended', () => {
    const always = planSteps(plan).filter((step) => step.always);
    expect(always.map(({ id }) => id).sort()).toEqual(['clean-up', 'notify-end']);
  });

  test('has something to type for every step, which a shell can parse', () => {
    expect(planSteps(plan).filter((step) => !step.manual)).toEqual([]);
    const script = manualScript(plan);
    const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(script).not.toMatch(/undefined|\[object/);
  });
});

test('rows are copied in the order named, and counted again afterwards', () => {
  const plan = compile(COPY_BACK);
  expect(stepOf(plan, 'copy-rows')?.input).toMatchObject({ tables: ['bookings', 'reminders'] });
  expect(stepOf(plan, 'compare-again')?.input).toMatchObject({ whole: ['bookings', 'reminders'] });
  expect(earlierThan(plan, 'compare-again')).toContain('copy-rows');
});

describe('a swap', () => {
  const plan = compile({ then: 'swap', lossAtMostRows: 100 });
  const earlier = (id: string) => earlierThan(plan, id);

  test('renames nothing before every writer was stopped and what is lost was counted', () => {
    expect(stepOf(plan, 'stop-writers')?.role).toBe('fence');
    for (const rename of ['set-damaged-aside', 'give-copy-the-name']) {
      expect(earlier(rename)).toEqual(expect.arrayContaining(['stop-writers', 'count-loss']));
    }
    expect(earlier('give-copy-the-name')).toContain('set-damaged-aside');
  });

  test('starts no pod before the name leads to the copy and nothing can be taken back any more', () => {
    const before = ['confirm-swapped', 'probe-write', 'adopt-restored', 'keep-restored'];
    expect(earlier('start-writers')).toEqual(expect.arrayContaining(before));
  });

  test('can be undone until customers write to the copy, and never afterwards', () => {
    const changes = planSteps(plan).filter(({ effect }) => effect === 'change');
    const undone = changes.filter(({ undo }) => undo).map(({ id }) => id);
    expect(undone).toEqual(['stop-writers', 'set-damaged-aside', 'give-copy-the-name']);
    expect(
      planSteps(plan)
        .filter(({ effect }) => effect === 'irreversible')
        .map(({ id }) => id),
    ).toEqual(['adopt-restored']);
    for (const id of undone) expect(earlier('adopt-restored')).toContain(id);
  });

  test('puts the copy where production stands, whatever the configuration says of drills', () => {
    expect(stepOf(plan, 'restore-beside')?.input).toMatchObject({ placement: { $ref: ['read-source', 'placement'] } });
    const withoutPlace = { ...EXAMPLE_SERVICE.database.regions, 'eu-west-1': { cluster: 'booking-ew1', arn: 'arn:1' } };
    const service = { ...EXAMPLE_SERVICE, database: { ...EXAMPLE_SERVICE.database, regions: withoutPlace } };
    const parameters = { restoreTo: AT, then: 'swap' };
    expect(() => compilePlan({ runbook: pointInTimeRecovery, service, parameters })).not.toThrow();
  });

  test('is bounded by the rows that may be lost, where somebody says how many', () => {
    expect(planGates(plan)[0]?.bounds).toMatchObject([
      { fact: { $ref: ['count-written-since', 'writtenSince'] }, atMost: 100 },
    ]);
    expect(planGates(compile({ then: 'swap' }))[0]?.bounds).toEqual([]);
  });

  test('looks again whether anybody wrote into the damaged database, once customers book', () => {
    expect(earlier('confirm-nobody-astray')).toContain('confirm-serving');
  });
});

test.each<[string, Record<string, Json>, string]>([
  ['without saying which tables', { then: 'copy-rows' }, 'tables'],
  ['of tables that are only kept', { then: 'keep', tables: 'bookings' }, 'tables'],
  ['by swapping and copying rows at once', { then: 'swap', tables: 'bookings' }, 'tables'],
  ['that bounds a loss which it does not cause', { then: 'keep', lossAtMostRows: 5 }, 'lossAtMostRows'],
  ['by what does not exist', { then: 'replace' }, 'then'],
  ['to no instant', { restoreTo: 'yesterday' }, 'restoreTo'],
])('a recovery %s is refused', (_, parameters, field) => {
  try {
    compile(parameters);
  } catch (caught) {
    expect((caught as LifeboatError).shape).toMatchObject({ code: 'DR_PARAMETER_INVALID', field });
    return;
  }
  throw new Error('expected a refusal');
});
