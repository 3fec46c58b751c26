import { writeFile } from 'node:fs/promises';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { LabHandle } from '../lab-handle.ts';
import { listDatabases } from '../observer/list-databases.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { REGIONS } from '../topology.ts';
import { type DrillFigures, drillFigures, figureLines } from './drill-figures.ts';
import { type DrillProof, drillProof } from './drill-proof.ts';
import { LifeboatCommand } from './lifeboat-command.ts';
import { untilHealthy } from './observed.ts';
import { type LabChoice, playOnLab } from './play-on-lab.ts';
import { sayTitle } from './say-title.ts';
import { mutatingBetween, readTwinLog } from './twin-log.ts';

export interface DrillDemoOptions extends LabChoice {
  readonly json?: string | undefined;
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
export const drillDemo = (options: DrillDemoOptions): Promise<number> =>
  playOnLab(options, {
    name: 'drill',
    commands: 'lifeboat drill ls · lifeboat runs',
    lastAct: 7,
    run: async (lab) => {
      const report = await rehearse(lab);
      if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
      return problemsOf(report);
    },
  });

async function rehearse(lab: LabHandle): Promise<DrillReport> {
  const { files } = await lab.status();
  const oncall = new LifeboatCommand(await lab.environment('oncall-1'));

  sayTitle('2  Customers book; nothing is wrong');
  await untilHealthy(files.observers.outside, BOOKINGS);
  await oncall.show('drill', 'ls');

  sayTitle('3  The quarterly drill runs now, by its own schedule’s trigger');
  const before = await databasesOf(lab);
  const from = Date.now();
  await oncall.show('drill', 'run', ...DRILL, '--watch');
  const execution = await endedDrill(oncall);
  const figures = drillFigures(execution);

  sayTitle('4  What the source held, what was found in the restored copy');
  print(figureLines(figures));

  sayTitle('5  What it made, and that nothing of it is left');
  const proof = drillProof(
    mutatingBetween(readTwinLog(files.callLog), from, Date.now()),
    execution.request.executionId,
  );
  const after = await databasesOf(lab);
  print(proofLines(proof, { before, after }));

  sayTitle('6  Whether the records hold');
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
      ended = await oncall.snapshot(newest);
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

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
