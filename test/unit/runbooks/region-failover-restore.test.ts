import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../domain/json.ts';
import { type Plan, planGates, planSteps } from '../../../domain/plan.ts';
import type { Service } from '../../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { manualScript } from '../../../runbooks/pages/manual-script.ts';
import { regionFailover } from '../../../runbooks/region-failover.ts';
import { earlierThan } from './earlier-than.ts';
import { refusal } from './refusal.ts';

const compile = (parameters: Record<string, Json> = {}, service: Service = EXAMPLE_SERVICE): Plan =>
  compilePlan({
    runbook: regionFailover,
    service,
    parameters: { to: 'eu-west-3', strategy: 'restore', ...parameters },
  });

describe('a region failover from a copy', () => {
  const plan = compile();
  const stepOf = (id: string) => planSteps(plan).find((step) => step.id === id);

  test('builds nothing, and tells nobody but people, before somebody approved', () => {
    const early = planSteps(plan).filter(
      (step) => step.effect !== 'observe' && !earlierThan(plan, step.id).includes('approve-restore'),
    );
    expect(early.map(({ id }) => id)).toEqual(['notify-start']);
  });

  test('brings the stack up and fences before it restores, and validates before anything writes', () => {
    expect(earlierThan(plan, 'restore-database')).toEqual(
      expect.arrayContaining(['bring-up-infrastructure', 'fence-writers', 'check-vacancy']),
    );
    expect(earlierThan(plan, 'probe-write')).toEqual(expect.arrayContaining(['check-placement', 'validate']));
    expect(earlierThan(plan, 'raise-replicas')).not.toContain('restore-database');
  });

  test('leaves the copy in doubt until it was found whole, so that a second try takes another', () => {
    expect(earlierThan(plan, 'validate')).toContain('mark-validation-begun');
    expect(stepOf('mark-validated')).toMatchObject({
      after: ['choose-copy', 'validate'],
      input: { mark: 'validated' },
    });
    expect(earlierThan(plan, 'shift-traffic')).not.toContain('mark-validated');
  });

  test('adopts the restored database last of all before traffic: until then an abort takes everything back but the stack', () => {
    expect(earlierThan(plan, 'adopt-restored')).toEqual(
      expect.arrayContaining(['confirm-writer', 'confirm-capacity', 'probe-front-door']),
    );
    expect(earlierThan(plan, 'shift-traffic')).toContain('adopt-restored');
    expect(
      planSteps(plan)
        .filter((step) => step.effect === 'irreversible')
        .map(({ id }) => id),
    ).toEqual(['adopt-restored']);
    expect(stepOf('restore-database')?.undo).toMatchObject({ action: 'recovery.discard-restored' });
    expect(stepOf('fence-writers')?.undo).toMatchObject({ action: 'lease.giveBack' });
  });

  test('restores under the name that pods know, as the configuration places it', () => {
    expect(stepOf('restore-database')?.input).toMatchObject({
      cluster: 'booking-ew3',
      keep: true,
      placement: { subnetGroup: 'booking-isolated' },
    });
  });

  test('says how long it takes and how much is lost before anybody is lost in it: neither waits for the outage', () => {
    expect(earlierThan(plan, 'estimate-restore')).toEqual(['choose-copy']);
    expect(earlierThan(plan, 'assess-loss')).toEqual(['choose-copy']);
    expect(planGates(plan)[0]?.shows).toEqual(
      expect.arrayContaining(['assess-loss', 'estimate-restore', 'plan-infrastructure', 'choose-copy']),
    );
  });

  test('counts what was lost back to the copy', () => {
    expect(stepOf('measure-actual')?.input).toMatchObject({ restoredTo: { $ref: ['choose-copy', 'dataTime'] } });
  });

  test.each([
    ['the exposure objective', {}, EXAMPLE_SERVICE, 86_400],
    ['what whoever asks says', { lossAtMostSeconds: 259_200 }, EXAMPLE_SERVICE, 259_200],
  ])('bounds the loss by %s, not by an RPO that no copy can meet', (_, parameters, service, atMost) => {
    const loss = planGates(compile(parameters, service))[0]?.bounds.find((bound) => bound.id === 'loss');
    expect(loss).toMatchObject({
      says: `data loss at most ${atMost} s (the objective is 60 s)`,
      fact: { $ref: ['assess-loss', 'lossSeconds'] },
      atMost,
      unknown: 'refuse',
    });
  });

  test('bounds no loss when nobody said how much is too much: the fact is shown, with its warning', () => {
    const { exposureSeconds: _, ...objectives } = EXAMPLE_SERVICE.objectives;
    const gate = planGates(compile({}, { ...EXAMPLE_SERVICE, objectives }))[0];
    expect(gate?.bounds.map(({ id }) => id)).toEqual(['vantages']);
    expect(gate?.shows).toContain('assess-loss');
  });

  test('has something to type for every step when Lifeboat is gone, which a shell can parse', () => {
    expect(planSteps(plan).filter((step) => !step.manual)).toEqual([]);
    const script = manualScript(plan);
    const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(script).not.toMatch(/undefined|\[object/);
  });

  test('is refused for a service that does not say how its recovery region is brought up, or where the database goes', () => {
    const { coldRecovery: _, ...service } = EXAMPLE_SERVICE;
    expect(refusal(() => compile({}, service))).toMatchObject({
      code: 'DR_CONFIG_INVALID',
      field: 'services.booking.coldRecovery',
    });
    const { restore: __, ...placeless } = EXAMPLE_SERVICE.database.regions['eu-west-3']!;
    const regions = { ...EXAMPLE_SERVICE.database.regions, 'eu-west-3': placeless };
    const nowhere = { ...EXAMPLE_SERVICE, database: { ...EXAMPLE_SERVICE.database, regions } };
    expect(refusal(() => compile({}, nowhere))).toMatchObject({
      code: 'DR_CONFIG_INVALID',
      field: 'services.booking.database.regions.eu-west-3.restore',
    });
  });

  test('takes a limit of loss for a copy only: a standby has its own bound', () => {
    const failover = () => compile({ strategy: 'failover', lossAtMostSeconds: 60 });
    expect(refusal(failover)).toMatchObject({ code: 'DR_PARAMETER_INVALID', field: 'lossAtMostSeconds' });
  });
});
