import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { ServiceSchedule } from '../../domain/service.ts';
import { keyIdOf } from '../../identity/public-key.ts';
import { FolderLedgerStore } from '../../ledger/folder-ledger-store.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { defineRunbook } from '../../runbooks/language/runbook.ts';
import { executionLife } from '../../worker/execution-life.ts';
import { reconcileSchedules } from '../../worker/schedules/reconcile-schedules.ts';
import { EngineRig } from './engine-rig.ts';
import { posture, quarterly, ScheduleSetting, startOf, until } from './schedule-setting.ts';
import { testRunbook } from './test-runbook.ts';
import { implementations, readSwitch, TestWorld } from './test-world.ts';

let here: ScheduleSetting;
beforeEach(async () => {
  here = await ScheduleSetting.open();
});

describe('a trigger', () => {
  it('starts one execution with what is declared, found by its id before any worker has seen it', async () => {
    await here.reconcile(posture);
    const { schedules } = here.lifeboat(posture);
    const started = await schedules.trigger({ service: here.service, id: 'posture' });
    const handle = here.temporal.workflow.getHandle(started.workflowId, started.runId);
    onTestFinished(() => handle.terminate('the test ended').then(() => undefined));
    expect(started.executionId).toMatch(/^po-\d{8}-\d{4}-[0-9a-f]{6}$/);
    expect(started.workflowId).toMatch(new RegExp(`^schedule/${here.service}/posture-`));
    const { history } = await here.temporal.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: started.workflowId, runId: started.runId },
    });
    const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    expect(JSON.parse(Buffer.from(input!).toString())).toEqual(startOf(await here.schedule().describe()));
    // Nobody serves the queue: the execution is found, and says that it waits for a worker.
    await expect(here.lifeboat(posture).view(started.executionId)).rejects.toMatchObject({
      shape: { code: 'DR_WORKER_ABSENT' },
    });
    await expect(schedules.trigger({ service: here.service, id: 'posture' })).rejects.toMatchObject({
      shape: { code: 'DR_SCHEDULE_RUNNING', actual: started.executionId },
    });
  });

  it('works while the schedule is paused, and refuses an outdated, a missing and an undeclared one', async () => {
    await here.reconcile(posture);
    const { schedules } = here.lifeboat(posture);
    await schedules.pause({ service: here.service, id: 'posture' }, 'oncall-1', 'a rotation');
    const { workflowId, runId } = await schedules.trigger({ service: here.service, id: 'posture' });
    await here.temporal.workflow.getHandle(workflowId, runId).terminate('the test ended');
    const changed = here.lifeboat({ ...posture, catchUpHours: 1 }, quarterly).schedules;
    await expect(changed.trigger({ service: here.service, id: 'posture' })).rejects.toMatchObject({
      message: `Temporal still has an older declaration of 'posture' of ${here.service}`,
      shape: { code: 'DR_SCHEDULE_MISSING', retryable: true },
    });
    const missing = { service: here.service, id: 'quarterly' };
    for (const ask of [
      () => changed.trigger(missing),
      () => changed.pause(missing, 'oncall-1', 'x'),
      () => changed.next(missing, new Date(), new Date()),
    ]) {
      await expect(ask()).rejects.toMatchObject({ shape: { code: 'DR_SCHEDULE_MISSING' } });
    }
    await expect(changed.trigger({ service: here.service, id: 'nope' })).rejects.toMatchObject({
      shape: { code: 'DR_SCHEDULE_UNKNOWN', expected: ['posture', 'quarterly'] },
    });
  });
});

describe('an execution that a schedule started', () => {
  /** Stands in for the runbook of that name: one look at a small world. */
  const look = defineRunbook({
    ...testRunbook,
    id: 'posture',
    workflow: 'posture',
    exclusive: 'none',
    parameters: z.object({}),
    example: () => ({}),
    build: ({ step }) => void step('read', readSwitch, { name: 'left' }, { why: 'a fact' }),
  });

  async function rigWith(declared: ServiceSchedule) {
    const rig = await EngineRig.start(look, implementations(new TestWorld()));
    rig.schedules.push(declared);
    here = new ScheduleSetting(here.temporal, rig.service, rig.folder);
    const configuration = here.declaring(posture);
    const own = {
      ...configuration,
      environment: 'test',
      temporal: { ...configuration.temporal, taskQueue: rig.taskQueue },
    };
    await reconcileSchedules(here.temporal, own);
    onTestFinished(async () => {
      await reconcileSchedules(here.temporal, { ...own, services: {} });
    });
    return here.client(own);
  }

  it('runs unsigned, is found by its id at once, and stands in the ledger as asked for by the schedule', async () => {
    const client = await rigWith(posture);
    const { executionId, workflowId, runId } = await client.schedules.trigger({ service: here.service, id: 'posture' });
    const ended = (await here.temporal.workflow.getHandle(workflowId, runId).result()) as ExecutionSnapshot;
    expect(ended).toMatchObject({ outcome: 'succeeded', request: { executionId, requestedBy: 'schedule:posture' } });
    expect((await client.view(executionId)).snapshot.outcome).toBe('succeeded');
    const { schedules } = await client.schedules.list(8);
    expect(schedules[0]).toMatchObject({
      lastPassed: { executionId, outcome: 'succeeded', planDigest: ended.plan!.digest },
    });
    expect((await client.list({ limit: 1 }))[0]).toMatchObject({ executionId, purpose: 'scheduled', mode: 'drill' });
  });

  it('is refused, on record, when the worker’s configuration declares it otherwise', async () => {
    const client = await rigWith({ ...posture, mode: 'live' });
    const { executionId, workflowId, runId } = await client.schedules.trigger({ service: here.service, id: 'posture' });
    const ended = (await here.temporal.workflow.getHandle(workflowId, runId).result()) as ExecutionSnapshot;
    expect(ended).toMatchObject({
      outcome: 'refused',
      error: { code: 'DR_SIGNATURE_INVALID', field: 'mode', expected: 'live', actual: 'drill' },
    });
    expect(ended.steps.every(({ state }) => state === 'not_executed')).toBe(true);
    expect((await client.view(executionId)).snapshot.ledger.sealed).not.toBeNull();
  });
});

describe('whether an execution still runs', () => {
  it('is known of one that a schedule started, before and after the ledger has heard of it', async () => {
    await here.reconcile(posture);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const ledger = new Ledger(new FolderLedgerStore(here.evidence), { privateKey, keyId: keyIdOf(publicKey) });
    const life = executionLife({ configuration: here.declaring(posture), ledger, client: here.temporal });
    const { executionId, workflowId, runId } = await here
      .lifeboat(posture)
      .schedules.trigger({ service: here.service, id: 'posture' });
    expect(await life(executionId)).toBe('running');
    expect(await life('po-20261121-0900-ffffff')).toBe('unknown');
    const at = new Date().toISOString();
    const entry = { executionId, service: here.service, at, statement: null, artefacts: [] };
    await ledger.append({ ...entry, type: 'opened', facts: { workflowId, runId } });
    expect(await life(executionId)).toBe('running');
    await here.temporal.workflow.getHandle(workflowId, runId).terminate('the test ended');
    await until('the end', async () => (await life(executionId)) === 'ended');
    await ledger.append({
      ...entry,
      type: 'opened',
      executionId: 'po-gone',
      facts: { workflowId: 'gone', runId: randomUUID() },
    });
    expect(await life('po-gone')).toBe('ended');
    await ledger.append({ ...entry, type: 'sealed', executionId: 'po-gone', facts: { outcome: 'interrupted' } });
    expect(await life('po-gone')).toBe('ended');
  });
});
