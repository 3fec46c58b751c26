import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { scheduleIdOf } from '../../domain/ids.ts';
import { declarationOf } from '../../domain/schedule-execution.ts';
import { findTemporal } from '../../lab/parts/temporal-binary.ts';
import { canonicalDigest } from '../../runbooks/language/digest.ts';
import { keepSchedules } from '../../worker/schedules/keep-schedules.ts';
import { cacheFolder } from '../support/cache-folder.ts';
import { posture, quarterly, ScheduleSetting, startOf, until } from './schedule-setting.ts';

let here: ScheduleSetting;
beforeEach(async () => {
  here = await ScheduleSetting.open();
});

describe('a declared schedule', () => {
  it('is made with hours to catch up, without overlap, retry or pause on failure', async () => {
    expect(await here.reconcile(posture, quarterly)).toEqual({
      posture: 'created: it was not there',
      quarterly: 'created: it was not there',
    });
    const made = await here.schedule('quarterly').describe();
    expect(made.policies).toEqual({ overlap: 'SKIP', catchupWindow: 6 * 3_600_000, pauseOnFailure: false });
    expect(made.spec.timezone).toBe('Europe/Paris');
    expect(made.action).toMatchObject({
      workflowType: 'posture',
      workflowId: scheduleIdOf(here.service, 'quarterly'),
      taskQueue: `queue-${here.service}`,
      workflowTaskTimeout: 3_000,
    });
    expect(made.raw.schedule?.action?.startWorkflow?.retryPolicy).toBeFalsy();
    expect(startOf(made)).toEqual({
      kind: 'scheduled',
      schedule: 'quarterly',
      runbook: 'posture',
      service: here.service,
      mode: 'drill',
      parameters: {},
      declaration: canonicalDigest(declarationOf(quarterly)),
    });
  });

  it('is left alone while nothing differs, in every form that can be declared', async () => {
    const lines = [
      'daily: 04:30 Europe/Paris',
      'weekly: Sunday 22:15 UTC',
      'monthly: third Friday 00:00 America/New_York',
      'quarterly: fourth Monday 09:05 Asia/Kolkata',
      'cron: */15 8-18/2 * 1,4-6 1-5 Europe/Paris',
      'cron: 5,10 * 29 2 * UTC',
    ];
    const all = lines.map((every, index) => ({ ...posture, id: `line-${index}`, every, catchUpHours: 1 }));
    const did = Object.values(await here.reconcile(...all));
    expect(new Set(did)).toEqual(new Set(['created: it was not there']));
    expect(new Set(Object.values(await here.reconcile(...all)))).toEqual(new Set(['kept']));
  });

  it('is changed when the declaration changes, and stays paused with its note', async () => {
    await here.reconcile(posture);
    await here.schedule().pause('oncall-1: the key is being rotated');
    expect(await here.reconcile({ ...posture, every: 'daily: 05:00 Europe/Paris', catchUpHours: 2 })).toEqual({
      posture: 'changed: declaration, what it starts, times, catch-up window',
    });
    const { spec, policies, state } = await here.schedule().describe();
    expect(spec.calendars![0]!.hour).toMatchObject([{ start: 5 }]);
    expect(policies.catchupWindow).toBe(2 * 3_600_000);
    expect(state).toMatchObject({ paused: true, note: 'oncall-1: the key is being rotated' });
  });

  it('is put right again when somebody changed it by hand', async () => {
    await here.reconcile(posture);
    await here.schedule().update(({ action, ...rest }) => ({
      ...rest,
      action: { ...action, args: action.args ?? [], retry: { maximumAttempts: 3 } },
      policies: { ...rest.policies, overlap: 'ALLOW_ALL', pauseOnFailure: true },
      state: { ...rest.state, remainingActions: 1 },
      spec: { calendars: [{ hour: 12 }], timezone: 'UTC' },
    }));
    expect(await here.reconcile(posture)).toEqual({
      posture: 'changed: retry policy, times, time zone, overlap, pause on failure, limit of actions',
    });
    expect(await here.reconcile(posture)).toEqual({ posture: 'kept' });
  });

  it('is made again when it vanished, by the worker that looks from time to time', async () => {
    const ending = new AbortController();
    const log: object[] = [];
    // The worker's own kind of connection, whose errors are made elsewhere.
    const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
    onTestFinished(() => connection.close());
    const keeping = keepSchedules({
      client: new Client({ connection }),
      configuration: here.declaring(posture),
      log: { info: (about) => log.push(about), error: (about) => log.push(about) },
      signal: ending.signal,
      everyMs: 100,
    });
    await until('the schedule', async () => !(await here.isGone()));
    await here.schedule().delete();
    await until('the schedule again', async () => log.length >= 2 && !(await here.isGone()));
    ending.abort();
    await keeping;
    expect(log).toMatchObject([{ because: 'it was not there' }, { because: 'it was not there' }]);
  });

  it('is removed when it is no longer declared, and schedules of others stay', async () => {
    await here.reconcile(posture);
    const others = [`schedule/${here.service}/by-hand`, `schedule/other-${here.service}/posture`];
    for (const [index, scheduleId] of others.entries()) {
      await here.temporal.schedule.create({
        scheduleId,
        spec: { calendars: [{ hour: 3 }] },
        action: { type: 'startWorkflow', workflowType: 'theirs', taskQueue: 'theirs', workflowId: scheduleId },
        ...(index === 1 && { memo: { lifeboat: 'another-environment' } }),
      });
      onTestFinished(() => here.temporal.schedule.getHandle(scheduleId).delete());
    }
    // The list lags behind: what was just made shows a moment later.
    await until('the removal', async () => (await here.reconcile())['posture'] === 'removed: it is no longer declared');
    expect(await here.isGone()).toBe(true);
    for (const scheduleId of others) {
      expect((await here.temporal.schedule.getHandle(scheduleId).describe()).action.workflowType).toBe('theirs');
    }
  });

  it('leaves a schedule alone that somebody else made under its name, and still makes the others', async () => {
    await here.temporal.schedule.create({
      scheduleId: scheduleIdOf(here.service, 'posture'),
      spec: { calendars: [{ hour: 3 }] },
      action: { type: 'startWorkflow', workflowType: 'theirs', taskQueue: 'theirs', workflowId: 'theirs' },
    });
    onTestFinished(() => here.schedule().delete());
    const unknown = { ...posture, id: 'unknown', runbook: 'no-such-runbook' };
    expect(await here.reconcile(posture, unknown, quarterly)).toEqual({
      posture: expect.stringContaining('was not made by Lifeboat'),
      unknown: expect.stringContaining('failed: there is no runbook no-such-runbook'),
      quarterly: 'created: it was not there',
    });
    expect((await here.schedule().describe()).action.workflowType).toBe('theirs');
  });
});

describe('next', () => {
  const from = new Date('2026-11-21T00:00:00.000Z');
  const to = new Date('2028-11-21T00:00:00.000Z');

  it.each([
    { declared: posture, hour: 4, minute: 30, count: 731, isDay: () => true },
    { declared: quarterly, hour: 9, minute: 0, count: 8, isDay: isFirstTuesdayOfQuarter },
  ])('agrees with the Temporal CLI and with the calendar for two years: $declared.every', async (expected) => {
    await here.reconcile(posture, quarterly);
    const name = { service: here.service, id: expected.declared.id };
    const told = await here.lifeboat(posture, quarterly).schedules.next(name, from, to);
    expect(told).toHaveLength(expected.count);
    expect(told).toEqual(parisTimes(from, to, expected));
    expect(told).toEqual(await cliTimes(scheduleIdOf(here.service, expected.declared.id), from, to));
    // Both sides of the change of the clocks are among them.
    expect(new Set(told.map((at) => at.slice(11, 16))).size).toBe(2);
  });

  it('goes on where the server cuts its answer', async () => {
    const often = { ...posture, every: 'cron: */15 * * * * UTC' };
    await here.reconcile({ ...often, catchUpHours: 1 });
    const end = new Date(from.getTime() + 30 * 86_400_000 - 1_000);
    const told = await here.lifeboat(often).schedules.next({ service: here.service, id: 'posture' }, from, end);
    expect(told).toHaveLength(30 * 96);
    expect(new Set(told).size).toBe(30 * 96);
  });
});

/** Dates at a wall-clock time of Paris, counted day by day with nothing but the platform's time zones. */
function parisTimes(
  from: Date,
  to: Date,
  wanted: { readonly hour: number; readonly minute: number; readonly isDay: (day: Date) => boolean },
): string[] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
  const wall = `${String(wanted.hour).padStart(2, '0')}:${String(wanted.minute).padStart(2, '0')}`;
  const found: string[] = [];
  for (let day = from.getTime(); day < to.getTime(); day += 86_400_000) {
    if (!wanted.isDay(new Date(day))) continue;
    // Paris is one or two hours ahead.
    const ahead = [1, 2].map((hours) => new Date(day + ((wanted.hour - hours) * 60 + wanted.minute) * 60_000));
    found.push(...ahead.filter((at) => clock.format(at) === wall).map((at) => at.toISOString()));
  }
  return found;
}

function isFirstTuesdayOfQuarter(day: Date): boolean {
  return day.getUTCMonth() % 3 === 0 && day.getUTCDay() === 2 && day.getUTCDate() <= 7;
}

/** What the server's own command line says. */
async function cliTimes(scheduleId: string, from: Date, to: Date): Promise<string[]> {
  const explicit = process.env['LAB_TEMPORAL'];
  const { path } = await findTemporal({
    ...(explicit ? { explicit } : {}),
    cacheDir: cacheFolder(),
    searchPath: process.env['PATH'] ?? '',
    offline: true,
  });
  const words = ['schedule', 'list-matching-times', '--schedule-id', scheduleId, '--output', 'json'];
  const range = ['--start-time', from.toISOString(), '--end-time', to.toISOString()];
  const { stdout } = await promisify(execFile)(path, [...words, ...range, '--address', inject('temporalAddress')]);
  const times: string[] = stdout.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g) ?? [];
  return times.map((at) => new Date(at).toISOString());
}

describe('the list', () => {
  it('says what Temporal has: declared, paused and by whom, outdated, missing', async () => {
    await here.reconcile(posture, { ...quarterly, catchUpHours: 1 });
    const client = here.lifeboat(posture, quarterly, { ...posture, id: 'missing' });
    await client.schedules.pause({ service: here.service, id: 'posture' }, 'oncall-1', 'a rotation');
    const { schedules, temporalUnknown } = await client.schedules.list(3);
    expect(temporalUnknown).toBeNull();
    expect(schedules.map(({ temporal: stands }) => stands)).toMatchObject([
      { state: 'declared', paused: true, note: 'oncall-1: a rotation', nextAt: expect.stringMatching(/:30:00/) },
      { state: 'outdated', paused: false, nextAt: expect.stringMatching(/T0[78]:00:00/) },
      { state: 'missing', nextAt: null },
    ]);
    expect(schedules[0]!.plan).toEqual({ digest: expect.stringMatching(/^sha256:/), measures: null });
  });

  it('resumes, and sees that the schedule stays', async () => {
    await here.reconcile(posture);
    const { schedules } = here.lifeboat(posture);
    await schedules.pause({ service: here.service, id: 'posture' }, 'oncall-1', 'a rotation');
    expect(await schedules.resume({ service: here.service, id: 'posture' }, 'approver-2', 'done')).toEqual({
      madeAnew: false,
    });
    expect((await here.schedule().describe()).state).toMatchObject({ paused: false, note: 'approver-2: done' });
  });

  it('waits for a worker to make it anew when it vanishes as it is resumed', async () => {
    await here.reconcile(posture);
    here.vanishingOnResume('posture');
    const { schedules } = here.lifeboat(posture);
    const resuming = schedules.resume({ service: here.service, id: 'posture' }, 'approver-2', 'done');
    await until('it to vanish', () => here.isGone());
    await here.reconcile(posture);
    expect(await resuming).toEqual({ madeAnew: true });
  });
});
