import { describe, expect, it } from 'vitest';
import { type EnginePorts, engineActivities } from '../../../activities/engine/engine-activities.ts';
import { LifeboatError } from '../../../domain/errors.ts';
import type { ExecutionRequest } from '../../../domain/execution.ts';
import type { Plan, PlanStep } from '../../../domain/plan.ts';
import { declarationOf } from '../../../domain/schedule-execution.ts';
import type { ServiceSchedule } from '../../../domain/service.ts';
import { verifyStatement } from '../../../identity/verify-statement.ts';
import { canonicalDigest } from '../../../runbooks/language/digest.ts';
import { plan as failover } from '../workflows/a-gate.ts';

const declared: ServiceSchedule = {
  id: 'pitr-restore',
  runbook: 'pitr-restore-drill',
  mode: 'drill',
  parameters: { region: 'eu-west-1' },
  every: 'quarterly: first Tuesday 09:00 Europe/Paris',
  catchUpHours: 6,
};

const [firstStep] = failover.nodes.filter((node): node is PlanStep => node.kind === 'step');
const step: PlanStep = { ...firstStep!, effect: 'change', drill: 'own' };
/** A plan that needs nobody. */
const plan: Plan = { ...failover, runbook: { ...failover.runbook, exclusive: 'none' }, nodes: [step] };

/** What the schedule starts, as the workflow makes a request of it. */
const request: ExecutionRequest = {
  executionId: 'pr-20261121-0900-0a1b2c',
  runbook: 'pitr-restore-drill',
  service: 'booking',
  parameters: { region: 'eu-west-1' },
  mode: 'drill',
  purpose: 'scheduled',
  reason: 'schedule pitr-restore',
  requestedBy: 'schedule:pitr-restore',
  requestedAt: '2026-11-21T09:00:00.000Z',
  planDigest: null,
  signed: null,
  schedule: 'pitr-restore',
  declaration: canonicalDigest(declarationOf(declared)),
};

function admit(asked: Partial<ExecutionRequest> = {}, more: Partial<EnginePorts> = {}) {
  const ports: EnginePorts = {
    environment: 'test',
    compile: () => plan,
    verify: verifyStatement,
    digest: canonicalDigest,
    schedules: () => [declared],
    appendEvidence: async () => ({ entry: '000000000001' }),
    readJournal: async () => [],
    sealInterrupted: async () => undefined,
    ...more,
  };
  return engineActivities(ports)['engine.admit']({ ...request, ...asked });
}

const refused = (says: string, detail: object = {}) => ({
  admitted: false,
  error: expect.objectContaining({ code: 'DR_SIGNATURE_INVALID', message: expect.stringContaining(says), ...detail }),
});

describe('what a schedule starts', () => {
  it('is admitted without a signature when the configuration declares exactly that', async () => {
    expect(await admit()).toEqual({ admitted: true, plan, environment: 'test' });
  });

  it('is admitted whatever the order in which parameters were written', async () => {
    const schedules = () => [{ ...declared, parameters: { region: 'eu-west-1', restoreTo: 'x' } }];
    const declaration = canonicalDigest(declarationOf(schedules()[0]!));
    const parameters = { restoreTo: 'x', region: 'eu-west-1' };
    expect(await admit({ parameters, declaration }, { schedules })).toMatchObject({ admitted: true });
  });

  it('is refused when no such schedule is declared, naming those that are', async () => {
    expect(await admit({ schedule: 'other' })).toMatchObject(
      refused("booking declares no schedule 'other'", { expected: ['pitr-restore'], actual: 'other' }),
    );
    expect(await admit({}, { schedules: () => [] })).toMatchObject(refused('declares no schedule'));
  });

  it.each<[keyof ExecutionRequest, Partial<ExecutionRequest>]>([
    ['runbook', { runbook: 'region-failover' }],
    ['mode', { mode: 'live' }],
    ['parameters', { parameters: { region: 'eu-west-3' } }],
    ['requestedBy', { requestedBy: 'approver-2' }],
    ['purpose', { purpose: 'incident' }],
  ])('is refused with another %s than declared', async (field, asked) => {
    expect(await admit(asked)).toMatchObject(refused(`declares another ${field}`, { field }));
  });

  it('is refused when it fired by a declaration that has changed since, naming both', async () => {
    expect(await admit({ declaration: 'sha256:old' })).toMatchObject(
      refused('a declaration that has changed since', { expected: request.declaration, actual: 'sha256:old' }),
    );
    expect(await admit({ declaration: null })).toMatchObject(refused('changed since'));
  });

  it('is refused when it would move traffic, wait for people, or do what cannot be undone', async () => {
    const compiled = (change: Partial<Plan>) => ({ compile: () => ({ ...plan, ...change }) });
    expect(await admit({}, compiled({ runbook: failover.runbook }))).toMatchObject(refused('it moves traffic'));
    const gate = failover.nodes.find((node) => node.kind === 'gate')!;
    expect(await admit({}, compiled({ nodes: [step, gate] }))).toMatchObject(
      refused(`people must decide at ${gate.id}`),
    );
    const irreversible = { ...step, id: 'promote', effect: 'irreversible' as const };
    expect(await admit({}, compiled({ nodes: [irreversible] }))).toMatchObject(refused('promote cannot be undone'));
  });

  it('is refused in a drill with a step that must never run in one, as anybody’s is', async () => {
    const never = { ...plan, nodes: [{ ...step, drill: 'never' as const }] };
    expect(await admit({}, { compile: () => never })).toMatchObject({ error: { code: 'DR_MODE_FORBIDDEN' } });
  });

  it('is refused when it does not compile, with that as the reason', async () => {
    const compile = () => {
      throw new LifeboatError('DR_RUNBOOK_UNKNOWN', 'there is no runbook pitr-restore-drill');
    };
    expect(await admit({}, { compile })).toMatchObject({ admitted: false, error: { code: 'DR_RUNBOOK_UNKNOWN' } });
  });

  it('does not open a way around a signature: without a schedule it is refused as before', async () => {
    expect(await admit({ schedule: null })).toMatchObject(refused('must be signed by whoever asks for it'));
  });
});
