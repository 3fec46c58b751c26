import { writeFile } from 'node:fs/promises';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { type LabHandle, startLab } from '../lab-handle.ts';
import { listDatabases } from '../observer/list-databases.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { REGIONS } from '../topology.ts';
import { type DrillFigures, drillFigures, figureLines } from './drill-figures.ts';
import { type DrillProof, drillProof } from './drill-proof.ts';
import { LifeboatCommand } from './lifeboat-command.ts';
import { untilHealthy } from './observed.ts';
import { sectionTitle } from './section-title.ts';
import { mutatingBetween, readTwinLog } from './twin-log.ts';

export interface DrillDemoOptions {
  readonly json: string | null;
  readonly keep: boolean;
  readonly dir: string | null;
}

const DRILL = ['pitr-restore', '--service', 'booking'];
/** How many bookings in a row customers make before the drill: some seconds' worth. */
const BOOKINGS = 60;

interface DrillReport {
  readonly execution: ExecutionSnapshot;
  readonly figures: DrillFigures;
  readonly proof: DrillProof;
  /** What a stranger sees at RDS before and after, both regions. */
  readonly databases: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly ledgerVerified: boolean;
}

/** One restore drill from end to end. Returns the exit code: 0 only when everything came out as promised. */
export async function drillDemo(options: DrillDemoOptions): Promise<number> {
  const startedAt = Date.now();
  say('1  Three places on this machine come up');
  const lab = await startLab({
    ...(options.dir === null ? {} : { dir: options.dir }),
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
    const report = await rehearse(lab);
    if (options.json !== null) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    if (options.keep) {
      process.stdout.write(
        `\nThe lab stays up in ${lab.dir}: eval "$(npm run --silent lab -- env --dir ${lab.dir})"; lifeboat drill ls\n`,
      );
      ended = true;
    } else {
      say('7  Everything is stopped');
      await end();
    }
    const problems = problemsOf(report);
    const seconds = ((Date.now() - startedAt) / 1_000).toFixed(0);
    process.stdout.write(
      `\n${problems.length === 0 ? 'The drill ended well' : `NOT AS PROMISED: ${problems.join('; ')}`} after ${seconds} s.\n`,
    );
    return problems.length === 0 ? 0 : 1;
  } finally {
    await end();
  }
}

async function rehearse(lab: LabHandle): Promise<DrillReport> {
  const { files } = await lab.status();
  const oncall = new LifeboatCommand(await lab.environment('oncall-1'));

  say('2  Customers book; nothing is wrong');
  await untilHealthy(files.observers.outside, BOOKINGS);
  await oncall.show('drill', 'ls');

  say('3  The quarterly drill runs now, by its own schedule’s trigger');
  const before = await databasesOf(lab);
  const from = Date.now();
  await oncall.show('drill', 'run', ...DRILL, '--watch');
  const execution = await endedDrill(oncall);
  const figures = drillFigures(execution);

  say('4  What the source held, what was found in the restored copy');
  print(figureLines(figures));

  say('5  What it made, and that nothing of it is left');
  const proof = drillProof(
    mutatingBetween(readTwinLog(files.callLog), from, Date.now()),
    execution.request.executionId,
  );
  const after = await databasesOf(lab);
  print(proofLines(proof, { before, after }));

  say('6  Whether the records hold');
  const verified = await oncall.show('ledger', 'verify');
  return { execution, figures, proof, databases: { before, after }, ledgerVerified: verified.exitCode === 0 };
}

/** The newest drill of the runbook, when it has ended. */
async function endedDrill(oncall: LifeboatCommand): Promise<ExecutionSnapshot> {
  let ended: ExecutionSnapshot | null = null;
  await waitUntil(
    'the drill has ended',
    async () => {
      const runs = await oncall.json('runs');
      const newest = runs.find((line) => line['runbook'] === 'pitr-restore-drill')?.['executionId'];
      if (typeof newest !== 'string') return false;
      const shown = (await oncall.json('status', newest)).find((line) => typeof line['snapshot'] === 'object');
      ended = (shown?.['snapshot'] as ExecutionSnapshot | undefined) ?? null;
      return ended?.state === 'ended';
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  return ended!;
}

async function databasesOf(lab: LabHandle): Promise<readonly string[]> {
  const { endpoints } = await lab.status();
  const seen = await Promise.all(REGIONS.map((region) => listDatabases(region, endpoints.operator[region].rds)));
  return seen.flat();
}

function proofLines(proof: DrillProof, databases: DrillReport['databases']): readonly string[] {
  const list = (says: string, names: readonly string[]) => `   ${says.padEnd(16)}${names.join(', ') || 'nothing'}`;
  const left = databases.after.filter((name) => !databases.before.includes(name));
  const gone = databases.before.filter((name) => !databases.after.includes(name));
  return [
    list('made', proof.made),
    list('deleted', proof.deleted),
    list('also changed', proof.other),
    list('touched others', proof.strange),
    list('left over', left),
    list('missing now', gone),
  ];
}

function problemsOf({ execution, figures, proof, databases, ledgerVerified }: DrillReport): readonly string[] {
  const { validated, restoreSeconds, targetSeconds } = figures;
  const failed = validated?.checks.filter(({ verdict }) => verdict === 'failed') ?? [];
  const late = restoreSeconds === null || targetSeconds === null || restoreSeconds > targetSeconds;
  return [
    ...(execution.outcome === 'succeeded' ? [] : [`the drill ${execution.outcome ?? 'did not end'}`]),
    ...(validated && validated.rowsExpected === validated.rowsFound ? [] : ['rows found are not the rows expected']),
    ...failed.map(({ id }) => `${id} failed`),
    ...(late ? [`it took ${restoreSeconds ?? 'an unknown number of'} s of ${targetSeconds ?? 'unknown'} s`] : []),
    ...(proof.made.length > 0 && proof.strange.length === 0
      ? []
      : [`it touched ${proof.strange.join(', ') || 'nothing'}`]),
    ...(databases.before.join() === databases.after.join() ? [] : ['RDS shows other databases than before']),
    ...(ledgerVerified ? [] : ['the ledger does not verify']),
  ];
}

const say = (title: string): void => print([sectionTitle(title)]);

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
