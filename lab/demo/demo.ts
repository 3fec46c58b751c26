import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { LabHandle } from '../lab-handle.ts';
import type { Verdict } from '../observer/verdict.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { PROTECTED, PUBLIC_NAME, RECOVERY } from '../topology.ts';
import { comparison } from './comparison.ts';
import { type DemoReport, writeReport } from './demo-report.ts';
import { LifeboatCommand } from './lifeboat-command.ts';
import { observerVerdict, untilHealthy, untilMissing } from './observed.ts';
import { type LabChoice, playOnLab } from './play-on-lab.ts';
import { sayTitle } from './say-title.ts';
import { mutatingBetween, readTwinLog } from './twin-log.ts';

export interface DemoOptions extends LabChoice {
  readonly fault: 'black-hole' | 'refuse';
  readonly lagMs: number;
  readonly json?: string | undefined;
}

const RUNBOOK = 'region-failover';
const GATE = 'approve-promotion';
const TARGET = ['--service', 'booking', '--to', RECOVERY];

/** One bad night from end to end. Returns the exit code: 0 only when everything came out as promised. */
export const demo = (options: DemoOptions): Promise<number> =>
  playOnLab(options, {
    name: 'demo',
    commands: 'lifeboat runs · lifeboat ledger verify',
    lastAct: 8,
    run: (lab) => badNight(lab, options),
  });

async function badNight(lab: LabHandle, options: DemoOptions): Promise<readonly string[]> {
  const { files } = await lab.status();
  const oncall = new LifeboatCommand(await lab.environment('oncall-1'));
  const approver = new LifeboatCommand(await lab.environment('approver-2'));
  const observed = files.observers.outside;

  sayTitle(`2  Customers book at ${PUBLIC_NAME}, served from ${PROTECTED}; nothing is wrong`);
  await untilHealthy(observed, 30);
  await oncall.show();

  sayTitle('3  What would a failover do? (blocked: nothing is wrong, and it says so; nothing is changed)');
  const dryFrom = Date.now();
  await oncall.show('plan', RUNBOOK, ...TARGET);
  const dryCalls = mutatingBetween(readTwinLog(files.callLog), dryFrom, Date.now());
  const dryRun = await newestSnapshot(oncall, 'dry_run');

  sayTitle(
    `4  ${PROTECTED} is lost (${options.fault}${options.lagMs > 0 ? `, replication ${options.lagMs} ms behind` : ''})`,
  );
  await lab.fault({ kind: 'lose', region: PROTECTED, as: options.fault });
  await untilMissing(observed, 5);
  await oncall.show();

  sayTitle('5  The on-call engineer starts it, cannot approve it, and a second person does');
  await oncall.show(
    'start',
    RUNBOOK,
    ...TARGET,
    '--purpose',
    'incident',
    '--reason',
    `${PROTECTED} is gone`,
    '--confirm',
    'booking',
    '--detach',
  );
  const executionId = (await newestSnapshot(oncall, 'live')).request.executionId;
  await untilGate(oncall, executionId);
  const decision = ['approve', executionId, '--gate', GATE, '--accept', 'loss', '--yes'];
  const own = await oncall.show(...decision, '--reason', 'approving my own request');
  await approver.show(...decision, '--reason', 'unknown loss accepted, customers are down');

  sayTitle('6  The move');
  await oncall.show('watch', executionId);

  sayTitle('7  What a stranger saw who watched from outside, and whether the records hold');
  const execution = (await oncall.snapshot(executionId))!;
  await untilHealthy(observed, 35);
  const seen = await observerVerdict(lab, observed);
  process.stdout.write(comparison(execution, seen.verdict));
  const verified = await oncall.show('ledger', 'verify');

  const report: DemoReport = {
    dryRun: {
      status: dryRun.outcome ?? 'none',
      mutatingCalls: dryCalls.length,
      callsNamed: dryRun.steps.flatMap((step) =>
        step.calls.map(({ service, operation, target }) => `${service}:${operation} ${target}`),
      ),
    },
    execution,
    observer: { log: observed, ...seen },
    twin: { log: files.callLog },
    ledger: { path: files.evidence, publicKey: files.ledgerPublicKey, verified: verified.exitCode === 0 },
  };
  if (options.json !== undefined) await writeReport(options.json, report, lab);
  return problemsOf(report, own.exitCode, seen.verdict);
}

function problemsOf({ dryRun, execution, ledger }: DemoReport, ownApproval: number, seen: Verdict): readonly string[] {
  return [
    ...(dryRun.status === 'blocked' && dryRun.mutatingCalls === 0
      ? []
      : [`the dry run was ${dryRun.status} with ${dryRun.mutatingCalls} changes`]),
    ...(ownApproval === 5 ? [] : [`approving one’s own request ended with ${ownApproval}`]),
    ...(execution.outcome === 'succeeded' ? [] : [`the execution ${execution.outcome ?? 'did not end'}`]),
    ...(seen.rtoSeconds === null ? ['the observer could not see it served again'] : []),
    ...(seen.dualWriterInstants === 0 ? [] : [`${seen.dualWriterInstants} instants with two writers`]),
    ...(ledger.verified ? [] : ['the ledger does not verify']),
  ];
}

/** Waits for people to be asked, as `lifeboat status` tells it. */
async function untilGate(oncall: LifeboatCommand, executionId: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const snapshot = await oncall.snapshot(executionId);
    if (snapshot?.gates.some((gate) => gate.state === 'open')) return;
    if (snapshot?.state === 'ended' || Date.now() > deadline)
      throw new Error(`the gate never opened: ${snapshot?.state} ${snapshot?.error?.message ?? ''}`);
  }
}

/** The newest execution of a mode, as soon as it is on record: `start` returns a moment before that. */
async function newestSnapshot(oncall: LifeboatCommand, mode: 'dry_run' | 'live'): Promise<ExecutionSnapshot> {
  let found: ExecutionSnapshot | null = null;
  await waitUntil(
    `the ${mode} execution is on record`,
    async () => {
      const newest = (await oncall.json('runs')).find((line) => line['mode'] === mode)?.['executionId'];
      found = typeof newest === 'string' ? await oncall.snapshot(newest) : null;
      return found !== null;
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
  return found!;
}
