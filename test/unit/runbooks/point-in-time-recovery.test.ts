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

const AT = '2026-11-21T03:11:59Z';
const COPY_BACK = { then: 'copy-rows', tables: 'bookings, reminders' } as const;

const compile = (parameters: Record<string, Json> = {}): Plan =>
  compilePlan({ runbook: pointInTimeRecovery, service: EXAMPLE_SERVICE, parameters: { restoreTo: AT, ...parameters } });

function earlierThan(plan: Plan, id: string): readonly string[] {
  const after = plan.nodes.find((node) => node.id === id)?.after ?? [];
  return [...new Set(after.flatMap((earlier) => [earlier, ...earlierThan(plan, earlier)]))];
}

const stepOf = (plan: Plan, id: string) => planSteps(plan).find((step) => step.id === id);

describe.each([
  ['that keeps the copy', compile(), 'approve-keeping', 'keep-copy'],
  ['that copies rows back', compile(COPY_BACK), 'approve-copying', 'copy-rows'],
])('a recovery %s', (_, plan, gate, change) => {
  test('changes nothing but what it made before somebody approved, who saw what would be lost', () => {
    expect(earlierThan(plan, change)).toContain(gate);
    const early = planSteps(plan).filter(
      (step) => step.effect !== 'observe' && !step.always && !earlierThan(plan, step.id).includes(gate),
    );
    expect(early.every((step) => step.drill === 'own')).toBe(true);
    expect(planGates(plan)[0]?.shows).toEqual(expect.arrayContaining(['compare', 'validate', 'bookmark']));
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

test.each<[string, Record<string, Json>, string]>([
  ['without saying which tables', { then: 'copy-rows' }, 'tables'],
  ['of tables that are only kept', { then: 'keep', tables: 'bookings' }, 'tables'],
  ['by swapping writers, which is not built', { then: 'swap' }, 'then'],
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
