import { describe, expect, test } from 'vitest';
import type { Json } from '../../../domain/json.ts';
import { type Plan, type PlanStep, planGates, planSteps } from '../../../domain/plan.ts';
import type { Service } from '../../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { pitrRestoreDrill } from '../../../runbooks/pitr-restore-drill.ts';
import { snapshotCopy } from '../../../runbooks/snapshot-copy.ts';
import { earlierThan } from './earlier-than.ts';
import { refusal } from './refusal.ts';

type Parameters = Record<string, Json>;
const drill = (parameters: Parameters = {}, service: Service = EXAMPLE_SERVICE): Plan =>
  compilePlan({ runbook: pitrRestoreDrill, service, parameters });
const copying = (parameters: Parameters = {}, service: Service = EXAMPLE_SERVICE): Plan =>
  compilePlan({ runbook: snapshotCopy, service, parameters });

const stepOf = (plan: Plan, id: string): PlanStep => {
  const found = planSteps(plan).find((step) => step.id === id);
  if (!found) throw new Error(`${plan.runbook.id} has no step ${id}`);
  return found;
};
const idsOf = (plan: Plan): readonly string[] => plan.nodes.map((node) => node.id);

const without = (service: Service, region: string): Service => {
  const { restore: _, ...database } = service.database.regions[region]!;
  return {
    ...service,
    database: { ...service.database, regions: { ...service.database.regions, [region]: database } },
  };
};

describe.each([
  ['a restore drill', drill()],
  ['a snapshot copy', copying()],
])('%s', (_, plan) => {
  test('asks nobody, and touches only what it made', () => {
    expect(planGates(plan)).toEqual([]);
    const changes = planSteps(plan).filter((step) => step.effect !== 'observe' && step.role !== 'notify');
    expect(changes.filter((step) => step.drill !== 'own').map((step) => step.id)).toEqual([]);
    expect(changes.filter((step) => step.effect === 'irreversible')).toEqual([]);
  });

  test('stops for nobody: what fails ends it', () => {
    expect(
      planSteps(plan)
        .filter((step) => step.onFailure === 'ask')
        .map((step) => step.id),
    ).toEqual([]);
  });

  test('cleans up and tells people whatever happened, in that order', () => {
    const always = planSteps(plan).filter((step) => step.always);
    expect(always.map((step) => step.id)).toEqual(['clean-up', 'notify-end']);
    expect(stepOf(plan, 'notify-end').input).toMatchObject({ facts: { outcome: { $ref: ['$execution', 'outcome'] } } });
  });

  test('has something to type for every step when Lifeboat is gone', () => {
    expect(planSteps(plan).filter((step) => !step.manual)).toEqual([]);
  });
});

describe('a restore drill', () => {
  const plan = drill();

  test('looks at the source before it restores, at the place before anything can connect, and measures last', () => {
    expect(idsOf(plan)).toEqual([
      'remove-leftovers',
      'bookmark',
      'await-restorable',
      'restore',
      'check-placement',
      'create-instance',
      'validate',
      'measure-restore',
      'clean-up',
      'notify-end',
    ]);
    expect(earlierThan(plan, 'restore')).toEqual(expect.arrayContaining(['bookmark', 'await-restorable']));
    expect(earlierThan(plan, 'create-instance')).toContain('check-placement');
    expect(earlierThan(plan, 'measure-restore')).toContain('validate');
  });

  test('marks when the restore was asked for, when it answered, and when it was found whole', () => {
    const marks = planSteps(plan).flatMap((step) => (step.marks ? [[step.id, step.marks]] : []));
    expect(marks).toEqual([
      ['restore', 'restore_requested'],
      ['create-instance', 'restored'],
      ['validate', 'validated'],
    ]);
  });

  test('takes expected values from the source’s bookmark, and the instant with them', () => {
    expect(stepOf(plan, 'validate').input).toMatchObject({ bookmark: { $ref: ['bookmark'] } });
    expect(stepOf(plan, 'await-restorable').input).toMatchObject({ restoreTo: { $ref: ['bookmark', 'at'] } });
    expect(stepOf(plan, 'bookmark').input).toMatchObject({ asOf: null });
  });

  test('restores to an instant that somebody names, of which the backups’ lag says nothing', () => {
    const restoreTo = '2026-11-21T03:12:07.412345Z';
    const chosen = drill({ restoreTo });
    expect(stepOf(chosen, 'bookmark').input).toMatchObject({ asOf: restoreTo });
    expect(stepOf(chosen, 'await-restorable').input).toMatchObject({ restoreTo });
    expect(stepOf(chosen, 'measure-restore').input).toMatchObject({ firstLookAt: null, latestAtFirstLook: null });
    expect(stepOf(plan, 'measure-restore').input).toMatchObject({
      firstLookAt: { $ref: ['await-restorable', 'firstLookAt'] },
    });
  });

  test('refuses an instant that is none', () => {
    expect(refusal(() => drill({ restoreTo: 'last Tuesday' }))).toMatchObject({
      code: 'DR_PARAMETER_INVALID',
      field: 'restoreTo',
    });
  });

  test('stays in one region, the protected one unless another is named', () => {
    const regionsOf = (of: Plan) => [...new Set(planSteps(of).map((step) => step.region))];
    expect(regionsOf(plan).sort()).toEqual(['control', 'eu-west-1']);
    expect(regionsOf(drill({ region: 'eu-west-3' })).sort()).toEqual(['control', 'eu-west-3']);
  });

  test('is refused where the service does not say where restored databases are put, naming the field', () => {
    expect(refusal(() => drill({}, without(EXAMPLE_SERVICE, 'eu-west-1')))).toMatchObject({
      code: 'DR_CONFIG_INVALID',
      field: 'services.booking.database.regions.eu-west-1.restore',
    });
  });

  test('has one digest, and another when it restores elsewhere', () => {
    expect(drill().digest).toBe(plan.digest);
    expect(drill({ region: 'eu-west-3' }).digest).not.toBe(plan.digest);
  });
});

describe('a snapshot copy', () => {
  const plan = copying();
  const VALIDATION = [
    'bookmark',
    'restore-copy',
    'check-placement',
    'create-instance',
    'mark-validation-begun',
    'validate',
    'mark-validated',
    'measure-restore',
  ];

  test('prunes only after the new copy was verified, validated where that was due, and measured', () => {
    expect(earlierThan(plan, 'prune')).toEqual(
      expect.arrayContaining(['copy', 'verify', 'validate', 'mark-validated', 'measure-exposure']),
    );
  });

  test('leaves the copy in doubt from before it is looked into until it was found whole', () => {
    expect(earlierThan(plan, 'validate')).toContain('mark-validation-begun');
    expect(earlierThan(plan, 'mark-validation-begun')).toContain('create-instance');
    expect(stepOf(plan, 'mark-validated').input).toMatchObject({
      mark: 'validated',
      at: { $ref: ['validate', 'validatedAt'] },
    });
  });

  test('restores and validates in the recovery region, under one condition', () => {
    const due = { $ref: ['validation-due', 'due'] };
    expect(
      planSteps(plan)
        .filter((step) => step.when)
        .map((step) => step.id)
        .sort(),
    ).toEqual([...VALIDATION].sort());
    for (const id of VALIDATION) expect(stepOf(plan, id).when).toEqual(due);
    expect(stepOf(plan, 'restore-copy')).toMatchObject({ region: 'eu-west-3', input: { keep: false } });
    expect(stepOf(plan, 'bookmark')).toMatchObject({
      region: 'eu-west-1',
      input: { asOf: { $ref: ['choose-snapshot', 'dataTime'] } },
    });
  });

  test('keeps the readings inside the condition among those that cannot be skipped', () => {
    expect(stepOf(plan, 'validate').reads).toEqual(['bookmark', 'create-instance']);
    expect(stepOf(plan, 'measure-exposure').reads).not.toContain('measure-restore');
  });

  test('validates every so many as declared, each when told to, and none when told so', () => {
    expect(stepOf(plan, 'validation-due').input).toMatchObject({ every: 7 });
    expect(stepOf(copying({ validate: 'always' }), 'validation-due').input).toMatchObject({ every: 1 });
    const never = idsOf(copying({ validate: 'never' }));
    expect(never.filter((id) => [...VALIDATION, 'validation-due', 'clean-up'].includes(id))).toEqual([]);
  });

  test('needs no place to restore to where it validates nothing', () => {
    const service = without(EXAMPLE_SERVICE, 'eu-west-3');
    expect(idsOf(copying({ validate: 'never' }, service))).toContain('copy');
    expect(refusal(() => copying({}, service)).field).toBe('services.booking.database.regions.eu-west-3.restore');
  });

  test('copies the newest snapshot, or one taken for it, with the destination’s key', () => {
    expect(idsOf(plan)).not.toContain('take-snapshot');
    const now = copying({ source: 'now' });
    expect(idsOf(now)).not.toContain('choose-snapshot');
    expect(stepOf(now, 'copy')).toMatchObject({
      region: 'eu-west-3',
      input: {
        source: { $ref: ['take-snapshot'] },
        kmsKey: EXAMPLE_SERVICE.database.regions['eu-west-3']?.restore?.kmsKey,
      },
    });
  });

  test('reckons the worst exposure from the declared schedule, and with none where none is declared', () => {
    expect(stepOf(plan, 'measure-exposure').input).toMatchObject({ intervalSeconds: 86_400 });
    const { schedules: _, ...unscheduled } = EXAMPLE_SERVICE;
    expect(stepOf(copying({}, unscheduled), 'measure-exposure').input).toMatchObject({ intervalSeconds: null });
  });

  test('lets what an older one left behind not stop today’s copy', () => {
    expect(stepOf(plan, 'remove-leftovers').onFailure).toBe('continue');
    expect(planSteps(plan).filter((step) => step.after.includes('remove-leftovers'))).toEqual([]);
  });

  test('is refused for a service that does not say how many copies to keep', () => {
    const { backups: _, ...undeclared } = EXAMPLE_SERVICE;
    expect(refusal(() => copying({}, undeclared))).toMatchObject({
      code: 'DR_CONFIG_INVALID',
      field: 'services.booking.backups',
    });
  });
});
