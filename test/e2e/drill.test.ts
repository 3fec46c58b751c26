import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { LoggedCall } from '../../lab/aws/call-log.ts';
import { listDatabases } from '../../lab/observer/list-databases.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import type { Fault } from '../../lab/supervisor/fault.ts';
import { DatabaseSightings } from '../support/database-sightings.ts';
import { Executions } from '../support/executions.ts';
import { type Judged, judge } from './drill-checker.ts';
import { LabSession, stepOf } from './lab-session.ts';

const DRILL = 'pitr-restore-drill';
const REGIONS = ['eu-west-1', 'eu-west-3'] as const;
const RESTORE = 'RestoreDBClusterToPointInTime';
const ALTERED = "update bookings set practitioner = 'somebody else' where id = (select min(id) from bookings)";

/** One day of restores, as they ended. Each began when the one before it no longer took any notice of what was planted next. */
interface Day {
  readonly scheduled: ExecutionSnapshot;
  readonly copied: ExecutionSnapshot;
  readonly aborted: ExecutionSnapshot;
  readonly damaged: ExecutionSnapshot;
  readonly inDefaultGroup: ExecutionSnapshot;
  readonly underOtherKey: ExecutionSnapshot;
  readonly unanswered: ExecutionSnapshot;
  readonly killed: ExecutionSnapshot;
  readonly judged: Judged;
  readonly standing: { readonly before: readonly string[]; readonly after: readonly string[] };
}

let session: LabSession;
let executions: Executions;
let sightings: DatabaseSightings;
let day: Day;

beforeAll(async () => {
  session = await LabSession.open();
  [executions, sightings] = await Promise.all([Executions.open(session.lab), DatabaseSightings.of(session.lab)]);
  day = await playDay();
}, 400_000);
afterAll(async () => {
  sightings?.close();
  await executions?.close();
  await session?.close();
});

async function playDay(): Promise<Day> {
  const from = Date.now();
  const known = sightings.all();
  const before = await databases();

  const copying = executions.run('snapshot-copy', { source: 'now', validate: 'always' }, 'live');
  const aborting = abortWhileRestoring();
  const schedule = ['drill', 'run', 'pitr-restore', '--service', 'booking'];
  const { executionId: bySchedule } = await session.json<{ executionId: string }>('started', ...schedule);
  const early = { copied: await copying, aborted: await aborting, scheduled: await executions.ended(bySchedule) };

  const damaged = await restoredWith({ kind: 'backups', what: 'damage-next-restore', sql: ALTERED });
  const inDefaultGroup = await restoredWith({ kind: 'placement', what: 'default-security-group' });
  const underOtherKey = await restoredWith({ kind: 'placement', what: 'wrong-key' });
  const planted = {
    damaged: await executions.ended(damaged),
    inDefaultGroup: await executions.ended(inDefaultGroup),
    underOtherKey: await executions.ended(underOtherKey),
  };

  const unanswered = await restoredWith(lost(RESTORE), lost('CreateDBInstance'));
  await untilCalled('CreateDBInstance', unanswered);
  const killed = await executions.start(DRILL);
  await untilCalled(RESTORE, killed);
  await session.lab.part('worker').kill();
  await session.lab.part('worker').start();
  const late = { unanswered: await executions.ended(unanswered), killed: await executions.ended(killed) };

  const all = { ...early, ...planted, ...late };
  const judged = judge({
    callLog: session.files.callLog,
    from,
    executions: Object.values(all).map(({ request }) => request.executionId),
    before: known,
    seen: sightings.all(),
  });
  return { ...all, judged, standing: { before, after: await databases() } };
}

async function databases(): Promise<readonly string[]> {
  const { endpoints } = await session.lab.status();
  return (await Promise.all(REGIONS.map((region) => listDatabases(region, endpoints.operator[region].rds)))).flat();
}

const lost = (operation: string): Fault => ({
  kind: 'calls',
  service: 'rds',
  operation,
  effect: 'lost_reply',
  times: 1,
});

const calls = (operation: string, id: string): readonly LoggedCall[] =>
  session.changes().filter((call) => call.operation === operation && (call.target ?? '').startsWith(id));

const untilCalled = (operation: string, id: string): Promise<void> =>
  waitUntil(`${operation} of ${id}`, () => calls(operation, id).length > 0, { timeoutMs: 90_000, everyMs: 30 });

async function abortWhileRestoring(): Promise<ExecutionSnapshot> {
  const id = await executions.start(DRILL);
  await untilCalled(RESTORE, id);
  await executions.abort(id);
  return executions.ended(id);
}

/** Plants faults and starts a drill; its id, once it has restored what they spoil. */
async function restoredWith(...faults: readonly Fault[]): Promise<string> {
  for (const fault of faults) await session.lab.fault(fault);
  const id = await executions.start(DRILL);
  await executions.until(id, 'it has restored', (snapshot) => {
    const restore = snapshot.steps.find((step) => step.id === 'restore');
    return snapshot.state === 'ended' || restore?.state === 'done';
  });
  return id;
}

interface Validation {
  readonly rowsExpected: number;
  readonly rowsFound: number;
  readonly checks: readonly { readonly id: string; readonly verdict: string }[];
}
const validationOf = (ended: ExecutionSnapshot): Validation =>
  stepOf(ended, 'validate').output as unknown as Validation;

/** Why the step failed, as a person reads it. */
const failureOf = (ended: ExecutionSnapshot, step: string): string =>
  `${stepOf(ended, step).error?.code}: ${stepOf(ended, step).error?.message}`;

it('brings back every row of the bookmark when its schedule is triggered', () => {
  const { outcome, error, request } = day.scheduled;
  expect(outcome, JSON.stringify(error)).toBe('succeeded');
  expect(request).toMatchObject({ mode: 'drill', purpose: 'scheduled', schedule: 'pitr-restore' });
  const { rowsFound, rowsExpected, checks } = validationOf(day.scheduled);
  expect(rowsFound).toBeGreaterThan(0);
  expect(rowsFound).toBe(rowsExpected);
  expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
});

it('puts the figures of the restore in the ledger, which verifies', async () => {
  const { restoreSeconds } = day.scheduled.actual!.restore!;
  expect(restoreSeconds).toBeGreaterThan(0);
  const entry = JSON.parse(readFileSync(session.entryPath(day.scheduled.ledger.sealed!), 'utf8')) as {
    payload: string;
  };
  expect(Buffer.from(entry.payload, 'base64').toString()).toContain(`"restoreSeconds":${restoreSeconds}`);
  const verified = await session.as('oncall-1', 'ledger', 'verify');
  expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0);
});

it('fails and names the check when a value was altered in what was restored', () => {
  expect(day.damaged.outcome).toBe('failed');
  expect(failureOf(day.damaged, 'validate')).toMatch(/^DR_VALIDATION_FAILED: .*checksums:bookings/s);
});

it('fails and names the group when the restore stands in the default security group', () => {
  expect(day.inDefaultGroup.outcome).toBe('failed');
  expect(failureOf(day.inDefaultGroup, 'check-placement')).toMatch(/^DR_RESTORE_MISPLACED: .*sg-00000000000default/s);
});

it('fails and names the key when the restore is encrypted with another', () => {
  expect(day.underOtherKey.outcome).toBe('failed');
  expect(failureOf(day.underOtherKey, 'check-placement')).toMatch(/^DR_RESTORE_MISPLACED: .*22222222-2222/s);
});

it('cleans up when somebody aborts it during the restore', () => {
  expect(day.aborted.outcome).toBe('aborted');
  expect(stepOf(day.aborted, 'clean-up').state).toBe('done');
  expect(calls('DeleteDBCluster', day.aborted.request.executionId)).not.toEqual([]);
});

it('goes on when its worker is killed during the restore, without restoring twice', () => {
  const { outcome, error, request } = day.killed;
  expect(outcome, JSON.stringify(error)).toBe('succeeded');
  expect(calls(RESTORE, request.executionId)).toHaveLength(1);
});

it('makes one cluster and one instance when the answers to both calls are lost', () => {
  const { outcome, error, request } = day.unanswered;
  expect(outcome, JSON.stringify(error)).toBe('succeeded');
  for (const operation of [RESTORE, 'CreateDBInstance']) {
    const made = calls(operation, request.executionId);
    expect(made[0]).toMatchObject({ status: 0, error: 'lost_reply' });
    expect(new Set(made.map(({ target }) => target)).size).toBe(1);
  }
});

it('copies a snapshot to the recovery region, restores the copy there and finds it whole', () => {
  const { outcome, error, actual } = day.copied;
  expect(outcome, JSON.stringify(error)).toBe('succeeded');
  expect(validationOf(day.copied).rowsFound).toBeGreaterThan(0);
  expect(validationOf(day.copied).checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  expect(actual?.copy?.exposureSeconds).toBeGreaterThan(0);
});

it('leaves nothing of what it restored, however it ended, and touches nothing else', () => {
  const { strange, notRemoved, unmarked, made } = day.judged;
  expect({ strange, notRemoved, unmarked }).toEqual({ strange: [], notRemoved: [], unmarked: [] });
  expect(made.filter((call) => call.startsWith('RestoreDBCluster'))).toHaveLength(8);
  expect(day.standing.after).toEqual(day.standing.before);
});
