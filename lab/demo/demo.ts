import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { type LabHandle, startLab } from '../lab-handle.ts';
import type { Verdict } from '../observer/verdict.ts';
import { PROTECTED, PUBLIC_NAME, RECOVERY } from '../topology.ts';
import { comparison } from './comparison.ts';
import { type DemoReport, writeReport } from './demo-report.ts';
import { LifeboatCommand } from './lifeboat-command.ts';
import { observerVerdict, untilHealthy, untilMissing } from './observed.ts';
import { sectionTitle } from './section-title.ts';
import { mutatingBetween, readTwinLog } from './twin-log.ts';

export interface DemoOptions {
  readonly fault: 'black-hole' | 'refuse';
  readonly lagMs: number;
  readonly json: string | null;
  readonly keep: boolean;
  readonly dir: string | null;
}

const RUNBOOK = 'region-failover';
const GATE = 'approve-promotion';
const TARGET = ['--service', 'booking', '--to', RECOVERY];

/** One bad night from end to end. Returns the exit code: 0 only when everything came out as promised. */
export async function demo(options: DemoOptions): Promise<number> {
  const startedAt = Date.now();
  say('1  Three places on this machine come up');
  const lab = await startLab({
    ...(options.dir === null ? {} : { dir: options.dir }),
    lagMs: options.lagMs,
    boundToParent: !options.keep,
    onProgress: (line) => process.stdout.write(`   ${line}\n`),
  });
  let ended = false;
  const end = async () => {
    if (ended) return;
    ended = true;
    await lab.down();
  };
  process.once('SIGINT', () => void end().then(() => process.exit(130)));
  try {
    const report = await badNight(lab, options);
    if (options.json !== null) await writeReport(options.json, report.report, lab);
    if (options.keep) {
      tellHowToGoOn(lab);
      ended = true;
    } else {
      say('8  Everything is stopped');
      await end();
    }
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(0);
    process.stdout.write(
      `\n${report.problems.length === 0 ? 'The demo ended well' : `NOT AS PROMISED: ${report.problems.join('; ')}`} after ${seconds} s.\n`,
    );
    return report.problems.length === 0 ? 0 : 1;
  } finally {
    await end();
  }
}

async function badNight(
  lab: LabHandle,
  options: DemoOptions,
): Promise<{ report: DemoReport; problems: readonly string[] }> {
  const { files } = await lab.status();
  const oncall = new LifeboatCommand(await lab.environment('oncall-1'));
  const approver = new LifeboatCommand(await lab.environment('approver-2'));
  const observed = files.observers.outside;

  say(`2  Customers book at ${PUBLIC_NAME}, served from ${PROTECTED}; nothing is wrong`);
  await untilHealthy(observed, 30);
  await oncall.show();

  say('3  What would a failover do? (blocked: nothing is wrong, and it says so; nothing is changed)');
  const dryFrom = Date.now();
  await oncall.show('plan', RUNBOOK, ...TARGET);
  const dryCalls = mutatingBetween(readTwinLog(files.callLog), dryFrom, Date.now());
  const dryRun = await newestSnapshot(oncall);

  say(
    `4  ${PROTECTED} is lost (${options.fault}${options.lagMs > 0 ? `, replication ${options.lagMs} ms behind` : ''})`,
  );
  await lab.fault({ kind: 'lose', region: PROTECTED, as: options.fault });
  await untilMissing(observed, 5);
  await oncall.show();

  say('5  The on-call engineer starts it, cannot approve it, and a second person does');
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
  const executionId = (await newestSnapshot(oncall)).request.executionId;
  await untilGate(oncall, executionId);
  const decision = ['approve', executionId, '--gate', GATE, '--accept', 'loss', '--yes'];
  const own = await oncall.show(...decision, '--reason', 'approving my own request');
  await approver.show(...decision, '--reason', 'unknown loss accepted, customers are down');

  say('6  The move');
  await oncall.show('watch', executionId);

  say('7  What a stranger saw who watched from outside, and whether the records hold');
  const execution = (await oncall.json('status', executionId)).map(snapshotOf).find((snapshot) => snapshot !== null)!;
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
  return { report, problems: problemsOf(report, own.exitCode, seen.verdict) };
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
    const snapshot = (await oncall.json('status', executionId)).map(snapshotOf).find((each) => each !== null);
    if (snapshot?.gates.some((gate) => gate.state === 'open')) return;
    if (snapshot?.state === 'ended' || Date.now() > deadline)
      throw new Error(`the gate never opened: ${snapshot?.state} ${snapshot?.error?.message ?? ''}`);
  }
}

async function newestSnapshot(oncall: LifeboatCommand): Promise<ExecutionSnapshot> {
  const [newest] = (await oncall.json('runs')).flatMap((line) =>
    typeof line['executionId'] === 'string' ? [line['executionId']] : [],
  );
  if (newest === undefined) throw new Error('lifeboat runs lists no execution');
  return (await oncall.json('status', newest)).map(snapshotOf).find((snapshot) => snapshot !== null)!;
}

const snapshotOf = (line: Readonly<Record<string, unknown>>): ExecutionSnapshot | null =>
  typeof line['snapshot'] === 'object' ? (line['snapshot'] as ExecutionSnapshot) : null;

function tellHowToGoOn(lab: LabHandle): void {
  process.stdout.write(`
The lab stays up in ${lab.dir}. Three things to try:
  eval "$(npm run --silent lab -- env --dir ${lab.dir})"        then: lifeboat runs · lifeboat ledger verify
  npm run lab -- status --dir ${lab.dir}
  npm run lab -- down --dir ${lab.dir}
`);
}

const say = (title: string): void => void process.stdout.write(`${sectionTitle(title)}\n`);
