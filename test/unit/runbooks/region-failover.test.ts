import { describe, expect, test } from 'vitest';
import type { Json } from '../../../domain/json.ts';
import { type Plan, type PlanNode, planGates, planSteps } from '../../../domain/plan.ts';
import type { Service } from '../../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { buildDraft } from '../../../runbooks/language/build-draft.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { Draft } from '../../../runbooks/language/draft.ts';
import { lintDraft } from '../../../runbooks/language/lint/lint-draft.ts';
import { regionFailover } from '../../../runbooks/region-failover.ts';
import { RUNBOOKS, runbookById } from '../../../runbooks/registry.ts';
import { earlierThan } from './earlier-than.ts';
import { refusal } from './refusal.ts';

const compile = (parameters: Record<string, Json> = { to: 'eu-west-3' }, service: Service = EXAMPLE_SERVICE): Plan =>
  compilePlan({ runbook: regionFailover, service, parameters });

describe('a region failover', () => {
  const plan = compile();

  test('fences before it promotes, promotes before it moves traffic, and measures last', () => {
    expect(earlierThan(plan, 'promote-database')).toContain('fence-writers');
    expect(earlierThan(plan, 'shift-traffic')).toEqual(
      expect.arrayContaining(['promote-database', 'probe-write', 'confirm-capacity', 'probe-front-door-again']),
    );
    expect(earlierThan(plan, 'measure-actual')).toContain('confirm-serving');
  });

  test('changes nothing but preparation before somebody approved', () => {
    const early = planSteps(plan).filter(
      (step) => step.effect !== 'observe' && !earlierThan(plan, step.id).includes('approve-promotion'),
    );
    expect(early.map((step) => step.id).sort()).toEqual(['notify-start', 'prepare-compute']);
    expect(early.every((step) => step.prepare)).toBe(true);
  });

  test('prepares while people decide, and confirms capacity while the database is promoted', () => {
    expect(earlierThan(plan, 'approve-promotion')).not.toContain('prepare-compute');
    expect(earlierThan(plan, 'confirm-capacity')).not.toContain('promote-database');
    expect(earlierThan(plan, 'promote-database')).not.toContain('confirm-capacity');
  });

  test('names its changes in a dry run even while nothing is wrong: none of them reads what confirm-impact would say', () => {
    const missing = new Set(['confirm-impact']);
    for (const step of planSteps(plan)) if (step.reads.some((id) => missing.has(id))) missing.add(step.id);
    const unnamed = planSteps(plan).filter((step) => step.effect !== 'observe' && missing.has(step.id));
    expect(unnamed).toEqual([]);
  });

  test('waits for no notification', () => {
    const waiting = plan.nodes.filter((node) => node.after.some((id) => id.startsWith('notify-')));
    expect(waiting).toEqual([]);
  });

  test('asks the lost region once, in a step that may fail', () => {
    const asking = planSteps(plan).filter((step) => step.region === 'eu-west-1');
    expect(asking.map((step) => [step.id, step.onFailure])).toEqual([['reach-protected', 'continue']]);
  });

  test('lets the writers have their lease back from what was read before the fence, so that a vanished fence can be undone too', () => {
    const undo = planSteps(plan).find((step) => step.id === 'fence-writers')?.undo;
    expect(undo).toMatchObject({
      action: 'lease.giveBack',
      input: { toRegion: 'eu-west-1', epochBefore: { $ref: ['check-lease', 'epoch'] } },
    });
  });

  test('bounds the loss by the objective, and lets an approver accept unknown by name', () => {
    const [gate] = planGates(plan);
    expect(gate).toMatchObject({ roles: ['approver'], quorum: 1 });
    expect(gate?.bounds.find((bound) => bound.id === 'loss')).toEqual({
      id: 'loss',
      says: 'data loss at most 60 s',
      fact: { $ref: ['read-lag', 'lagSeconds'] },
      atMost: 60,
      unknown: 'accept_by_name',
    });
  });

  test('demands as many approvers as asked for', () => {
    expect(planGates(compile({ to: 'eu-west-3', quorum: 2 }))[0]?.quorum).toBe(2);
    expect(refusal(() => compile({ to: 'eu-west-3', quorum: 4 }))).toMatchObject({
      code: 'DR_PARAMETER_INVALID',
      field: 'quorum',
    });
    expect(refusal(() => compile({ to: 'eu-west-3', quorum: 3 })).message).toContain('(gate-can-pass)');
  });

  test('has something to type for every step when Lifeboat is gone', () => {
    expect(planSteps(plan).filter((step) => !step.manual)).toEqual([]);
  });

  test.each([
    ['eu-north-1', 'no region of it'],
    ['eu-west-1', 'the protected region, which a failover leaves'],
  ])('is refused towards %s: %s', (to, because) => {
    const error = refusal(() => compile({ to }));
    expect(error).toMatchObject({ code: 'DR_REGION_UNKNOWN', field: 'to', expected: 'eu-west-3', actual: to });
    expect(error.message).toContain(because);
  });

  test('is refused for a service that declares no front door there, naming the field', () => {
    const service = { ...EXAMPLE_SERVICE, frontDoor: {} };
    expect(refusal(() => compile({ to: 'eu-west-3' }, service))).toMatchObject({
      code: 'DR_CONFIG_INVALID',
      field: 'services.booking.frontDoor.eu-west-3',
    });
  });
});

describe('lint refuses a region failover', () => {
  /** The real runbook with one thing taken out of its order. */
  function sabotaged(change: (node: PlanNode) => PlanNode): readonly string[] {
    const draft = buildDraft(regionFailover, EXAMPLE_SERVICE, { to: 'eu-west-3', strategy: 'failover', quorum: 1 });
    const nodes = draft.nodes.map(change);
    const { header, service, contracts, problems } = draft;
    return lintDraft(new Draft({ header, service, nodes, contracts, problems })).map(
      ({ node, rule }) => `${node} ${rule}`,
    );
  }
  const waitFor = (id: string, after: readonly string[]) =>
    sabotaged((node) => (node.id === id ? { ...node, after } : node));

  test('that promotes before it fenced', () => {
    expect(waitFor('promote-database', ['approve-promotion'])).toEqual(['promote-database fence-before-promote']);
  });

  test('that moves traffic before it promoted', () => {
    expect(waitFor('probe-front-door-again', ['confirm-capacity'])).toContain('shift-traffic traffic-after-writer');
  });

  test('whose traffic move nobody verifies', () => {
    expect(sabotaged((node) => ({ ...node, after: node.after.filter((id) => id !== 'shift-traffic') }))).toContain(
      'shift-traffic change-is-verified',
    );
  });
});

test('an unknown runbook is refused naming those there are', () => {
  expect(refusal(() => runbookById('region-fail'))).toMatchObject({
    code: 'DR_RUNBOOK_UNKNOWN',
    expected: RUNBOOKS.map((runbook) => runbook.id).join(', '),
    actual: 'region-fail',
  });
});
