import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { observerVerdict, untilHealthy, untilMissing } from '../../lab/demo/observed.ts';
import { readAttempts } from '../../lab/observer/read-attempts.ts';
import type { BookingRow } from '../../lab/observer/verdict.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { checkFigures, type Finding } from '../e2e/checker.ts';
import { LabSession } from '../e2e/lab-session.ts';
import { Executions } from './executions.ts';

const GATE = 'approve-restore';
/** Customers go on booking after the copy: that will be lost. */
const BOOKINGS_AFTER_COPY = 40;
const TARGET = ['--service', 'booking', '--to', 'eu-west-3', '--param', 'strategy=restore'];

export interface ColdNight {
  /** Instant whose state the copy holds, as its own record says. */
  readonly copied: ExecutionSnapshot;
  readonly planned: ExecutionSnapshot;
  /** Mutating calls that reached the twin during the dry run, and whether the recovery stack had a state after it. */
  readonly changedByPlan: readonly string[];
  readonly ended: ExecutionSnapshot;
  /** What raw logs confirm or not. */
  readonly findings: readonly Finding[];
}

/**
 * A lab without a standby, from first booking to serving again: a copy is made, customers go on, the region is lost for good, and
 * the newest copy is restored where nothing stood.
 */
export async function playColdNight(): Promise<ColdNight> {
  const session = await LabSession.open({ standby: false });
  try {
    const copied = await copyOnce(session);
    const { outside } = session.files.observers;
    await untilBooked(outside, Date.now());
    await session.lab.fault({ kind: 'lose', region: 'eu-west-1', as: 'black-hole' });
    await untilMissing(outside, 5);
    const changesBefore = session.changes().length;
    const { snapshot: planned } = await session.json<{ snapshot: ExecutionSnapshot }>(
      'plan',
      'plan',
      'region-failover',
      ...TARGET,
    );
    const stack = join(session.lab.dir, 'places', 'eu-west-3', 'recovery-stack.tfstate');
    const changedByPlan = [
      ...session
        .changes()
        .slice(changesBefore)
        .map(({ service, operation, target }) => `${service}:${operation} ${target}`),
      ...(existsSync(stack) ? [stack] : []),
    ];
    const ended = await failOver(session);
    await untilHealthy(outside, 35);
    const verified = await session.as('oncall-1', 'ledger', 'verify');
    const findings = await judged(session, ended, verified.exitCode === 0);
    return { copied, planned, changedByPlan, ended, findings };
  } finally {
    await session.close();
  }
}

/** Waits until so many bookings that began after an instant were acknowledged. */
async function untilBooked(log: string, since: number): Promise<void> {
  const booked = () => readAttempts(log).filter(({ at, ok }) => ok && at >= since).length;
  await waitUntil('customers booked after the copy', () => booked() >= BOOKINGS_AFTER_COPY, { timeoutMs: 30_000 });
}

async function copyOnce(session: LabSession): Promise<ExecutionSnapshot> {
  const executions = await Executions.open(session.lab);
  try {
    return await executions.run('snapshot-copy', { source: 'now', validate: 'never' }, 'live');
  } finally {
    await executions.close();
  }
}

async function failOver(session: LabSession): Promise<ExecutionSnapshot> {
  const live = ['--purpose', 'incident', '--reason', 'eu-west-1 is gone', '--confirm', 'booking', '--detach'];
  const started = ['start', 'region-failover', ...TARGET, ...live];
  const { executionId } = await session.json<{ executionId: string }>('started', ...started);
  const asked = await session.until(
    'the gate opens, or it ends',
    ({ gates, state }) => state === 'ended' || gates.some((gate) => gate.state === 'open'),
  );
  if (asked.state === 'ended') return asked;
  const words = ['approve', executionId, '--gate', GATE, '--yes', '--reason', 'the copy is all there is'];
  const approved = await session.as('approver-2', ...words);
  if (approved.exitCode !== 0) throw new Error(`the approval was refused: ${approved.stdout}${approved.stderr}`);
  return session.until('it ends', ({ state }) => state === 'ended');
}

/** The reported loss against what the observer was promised and what the restored database has. */
async function judged(session: LabSession, ended: ExecutionSnapshot, verified: boolean): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-cold-'));
  try {
    const { outside } = session.files.observers;
    const { rows } = await observerVerdict(session.lab, outside);
    const write = async (name: string, all: readonly BookingRow[]): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, all.map((row) => `${JSON.stringify(row)}\n`).join(''));
      return path;
    };
    const { outcome, marks, actual } = ended;
    return checkFigures({
      execution: {
        status: outcome ?? 'none',
        marks: marks as Readonly<Record<string, string>>,
        actual: { rtoSeconds: actual?.rtoSeconds ?? null, rpo: actual?.rpo ?? null },
      },
      observer: {
        log: outside,
        rows: {
          surviving: await write('rows-surviving.jsonl', rows.surviving),
          old: await write('rows-old.jsonl', rows.old),
        },
      },
      ledger: { verified },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
