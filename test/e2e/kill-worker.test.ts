import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JournalRecord } from '../../domain/evidence.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { LoggedCall } from '../../lab/aws/call-log.ts';
import { untilHealthy, untilMissing } from '../../lab/demo/observed.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { Journal } from '../../ledger/journal.ts';
import { readSamples } from '../../watch/sample-journal.ts';
import { GATE, LabSession, RUNBOOK, SERVICE, stepOf, TARGET } from './lab-session.ts';
import type { Ended } from './program.ts';

/** Long enough to see the promotion under way, and to act on it, on a machine that stands still for seconds. */
const PROMOTING_MS = 15_000;
/** What is in flight now is not in the journal yet; a canary is given up after 1 s. */
const IN_FLIGHT_MS = 3_000;

const EFFECTS = {
  promote: 'rds FailoverGlobalCluster eu-west-3',
  shift: 's3 PutObject eu-west-3',
  scale: 'eks PatchDeploymentScale eu-west-3',
};
const nameOf = (call: Pick<LoggedCall, 'service' | 'operation' | 'region'>): string =>
  `${call.service} ${call.operation} ${call.region}`;

/** One night with a worker killed twice, as it went. */
interface Night {
  readonly dryRun: { readonly ended: ExecutionSnapshot; readonly calls: readonly LoggedCall[] };
  readonly approval: { readonly ended: Ended; readonly afterWorkerMs: number; readonly withoutWorkerMs: number };
  readonly progressAfterWorkerMs: number;
  readonly promotionsWhenKilled: number;
  readonly ended: ExecutionSnapshot;
  readonly changes: readonly LoggedCall[];
  readonly journal: readonly JournalRecord[];
}

let session: LabSession;
let night: Night;

beforeAll(async () => {
  session = await LabSession.open({ durations: { failingOver: PROMOTING_MS } });
  night = await playNight();
}, 400_000);
afterAll(() => session?.close());

async function playNight(): Promise<Night> {
  const { lab, files } = session;
  await lab.fault({ kind: 'lose', region: 'eu-west-1', as: 'black-hole' });
  await untilMissing(files.observers.outside, 5);

  const callsBefore = session.calls().length;
  const planned = await session.json<{ snapshot: ExecutionSnapshot }>('plan', 'plan', RUNBOOK, ...TARGET);
  const dryRun = { ended: planned.snapshot, calls: session.calls().slice(callsBefore) };

  const changesBefore = session.changes().length;
  const executionId = await session.start('eu-west-1 is gone');
  await session.until('the gate opens', ({ gates }) => gates.some(({ state }) => state === 'open'));
  const killedAt = performance.now();
  await lab.part('worker').kill();
  const approval = await approveWithoutWorker(executionId, killedAt);

  const { afterWorkerMs, promotions } = await killWhilePromoting();
  const ended = await session.until('the execution ends', ({ state }) => state === 'ended');
  await untilHealthy(files.observers.outside, 35);
  return {
    dryRun,
    approval,
    progressAfterWorkerMs: afterWorkerMs,
    promotionsWhenKilled: promotions,
    ended,
    changes: session.changes().slice(changesBefore),
    journal: await new Journal(files.evidence).read(executionId),
  };
}

async function approveWithoutWorker(executionId: string, killedAt: number): Promise<Night['approval']> {
  const words = ['--gate', GATE, '--accept', 'loss', '--yes', '--reason', 'customers are down'];
  const approving = session.begin('approver-2', 'approve', executionId, ...words);
  await waitUntil(
    'the approver is told that a worker is awaited',
    () => approving.said.includes('no worker answers') || !approving.running,
    { timeoutMs: 60_000 },
  );
  await session.lab.part('worker').start();
  const workerBackAt = performance.now();
  const ended = await approving.ended;
  return { ended, afterWorkerMs: performance.now() - workerBackAt, withoutWorkerMs: workerBackAt - killedAt };
}

/** Killed after the promotion was asked for and before its step has a result: the worst moment to forget it. */
async function killWhilePromoting(): Promise<{ afterWorkerMs: number; promotions: number }> {
  const worker = session.lab.part('worker');
  const promotions = () => session.changes().filter((call) => nameOf(call) === EFFECTS.promote).length;
  await session.until(
    'the database is being promoted and nothing else is in flight',
    (snapshot) =>
      promotions() > 0 &&
      stepOf(snapshot, 'promote-database').state === 'running' &&
      stepOf(snapshot, 'confirm-capacity').state === 'done',
  );
  const promoting = async () => said(await session.heartbeats()).includes('promote-database');
  await waitUntil('the promotion has told of itself', promoting, { timeoutMs: PROMOTING_MS });
  await worker.kill();
  const lastWords = said(await session.heartbeats());
  expect(lastWords).toContain('promote-database');
  await worker.start();
  const workerBackAt = performance.now();
  await waitUntil('the execution gets on', async () => said(await session.heartbeats()) !== lastWords, {
    timeoutMs: 60_000,
  });
  return { afterWorkerMs: performance.now() - workerBackAt, promotions: promotions() };
}

/** What attempts in flight say of themselves: only a worker changes that. The server counts the attempts by itself. */
const said = (heartbeats: Awaited<ReturnType<LabSession['heartbeats']>>): string =>
  JSON.stringify(heartbeats.map(({ stepId, says, observations }) => ({ stepId, says, observations })));

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

it('answers an approval given while every worker was dead, once one is back', async ({ annotate }) => {
  const { ended, afterWorkerMs } = night.approval;
  await annotate(`the approval was answered ${seconds(afterWorkerMs)} after the worker polled again`);
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
  expect(night.ended.gates.map(({ approvals }) => approvals.map(({ person }) => person))).toEqual([['approver-2']]);
});

it('finishes with a result of every step, although a worker was killed during the promotion', async ({ annotate }) => {
  await annotate(`the execution got on ${seconds(night.progressAfterWorkerMs)} after the worker polled again`);
  expect(night.ended.outcome, JSON.stringify(night.ended.error)).toBe('succeeded');
  expect(night.ended.steps.filter(({ state }) => state !== 'done')).toEqual([]);
  // Steps that bounds rest on are read again before the fence and before the promotion.
  const results = new Set(night.journal.filter(({ kind }) => kind === 'result').map(({ stepId }) => stepId));
  expect([...results].sort()).toEqual(night.ended.steps.map(({ id }) => id).sort());
});

it('promotes, scales and shifts once, and fences once', () => {
  expect(night.promotionsWhenKilled).toBe(1);
  expect(night.changes.map(nameOf).sort()).toEqual(Object.values(EFFECTS).sort());
  expect(night.changes.map(({ status }) => status)).toEqual([200, 200, 200]);
  const grants = readdirSync(session.files.lease).filter((name) => name.startsWith('epoch-'));
  expect(grants.sort()).toEqual(['epoch-000000000001.json', 'epoch-000000000002.json']);
});

it('lets another attempt than the one that asked for the promotion end it, without asking again', () => {
  const promotion = night.journal.filter(({ stepId }) => stepId === 'promote-database');
  expect(promotion.map(({ kind }) => kind)).toEqual(['intent', 'result']);
  expect(promotion[1]!.attempt).toBeGreaterThan(promotion[0]!.attempt);
});

it('loses no sample of the watch, whatever happens to workers', async ({ annotate }) => {
  const until = Date.now() - IN_FLIGHT_MS;
  const sampled = () => readSamples(join(session.files.watch, SERVICE), 0);
  const missing = async () => {
    const begun = (await sampled()).filter(({ at }) => at < until);
    const numbers = begun.map(({ number }) => number).sort((one, other) => one - other);
    return numbers.filter((number, at) => at > 0 && number !== numbers[at - 1]! + 1);
  };
  // A canary is in the journal when it has ended, which a busy machine may put off.
  await waitUntil('no number is missing', async () => (await missing()).length === 0, { timeoutMs: 30_000 });
  const starts = (await sampled()).map(({ at }) => at).sort((one, other) => one - other);
  const longest = Math.max(...starts.slice(1).map((start, at) => start - starts[at]!));
  const figure = `${starts.length} samples over ${seconds(starts.at(-1)! - starts[0]!)}; longest gap between request starts ${longest} ms`;
  await annotate(figure);
  expect(starts.at(-1)! - starts[0]!, figure).toBeGreaterThan(
    Date.parse(night.ended.endedAt!) - Date.parse(night.ended.startedAt),
  );
  // A watch that waits for a worker would have sampled nothing for as long as there was none.
  expect(longest, figure).toBeLessThan(night.approval.withoutWorkerMs);
});

it('keeps a ledger that verifies', async () => {
  const verified = await session.as('oncall-1', 'ledger', 'verify');
  expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0);
});

it('named every change it made in the dry run before, which changed nothing and read with the plan’s own credentials', () => {
  const { ended, calls } = night.dryRun;
  expect(ended.outcome).toBe('ready');
  const named = new Set(ended.steps.flatMap((step) => step.calls.map(nameOf)));
  expect(night.changes.map(nameOf).filter((name) => !named.has(name))).toEqual([]);
  expect(calls.filter(({ mutating }) => mutating)).toEqual([]);
  // Kubernetes knows no AWS principal: there the plan reads with the service’s token.
  const signed = calls.filter(({ service }) => service !== 'eks');
  expect(new Set(signed.map(({ service }) => service))).toEqual(new Set(['rds', 's3', 'route53']));
  expect(new Set(signed.map(({ principal }) => principal))).toEqual(new Set(['lifeboat-plan']));
});
