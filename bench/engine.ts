/**
 * What the engine costs, and how long a dry run of region failover takes: `npm run bench:engine`. In the first part every
 * action answers at its first look, so all the time that passes is the engine's, Temporal's and the evidence store's. The
 * second part is the real thing in a lab; `-- --no-lab` leaves it out. Seconds depend on the machine: read the ratios.
 */
import { availableParallelism, loadavg } from 'node:os';
import {
  AT_ONCE,
  type BenchMode,
  engineOverhead,
  IN_A_ROW,
  LONG_ROW,
  median,
  type Overhead,
} from './engine/engine-overhead.ts';
import { type DryRunTimes, labDryRuns } from './engine/lab-dry-run.ts';
import type { PlanShape } from './engine/shape-runbook.ts';

const RUNS = 3;
const DRY_RUN_BAR_SECONDS = 3;
const NAMES: Readonly<Record<BenchMode, string>> = { live: 'live', dry_run: 'dry run' };

const cores = availableParallelism();
const each = (seconds: readonly number[]): string => seconds.map((one) => one.toFixed(2)).join(' ');

function printLoad(when: string): void {
  const load = loadavg();
  const busy = (load[0] ?? 0) > cores ? ' · busy with other work: the seconds are pessimistic' : '';
  console.log(`load average ${when} ${load.map((one) => one.toFixed(1)).join(' ')} on ${cores} cores${busy}`);
}

function printOverhead({ mode, shape, perStepMs, wholeSeconds }: Overhead): void {
  const what = `${NAMES[mode].padEnd(9)}${shape.id.padEnd(16)}`;
  const figures = `${perStepMs.toFixed(1).padStart(8)} ms${median(wholeSeconds).toFixed(2).padStart(9)} s`;
  console.log(`${what}${figures}    ${each(wholeSeconds)}`);
}

function printRatios(mode: BenchMode, measured: readonly Overhead[]): void {
  const of = (shape: PlanShape): number =>
    measured.find((one) => one.mode === mode && one.shape === shape)?.perStepMs ?? Number.NaN;
  console.log(
    `${NAMES[mode].padEnd(9)}a step of 100 in a row costs ${(of(LONG_ROW) / of(IN_A_ROW)).toFixed(2)} × a step of 20 · ` +
      `50 at once are ${(of(IN_A_ROW) / of(AT_ONCE)).toFixed(1)} × faster than one by one`,
  );
}

function printDryRun(situation: string, { outcome, steps, seconds, slowest }: DryRunTimes): void {
  const whole = median(seconds);
  const verdict = whole <= DRY_RUN_BAR_SECONDS ? 'within' : 'OVER';
  console.log(
    `${situation.padEnd(26)}${whole.toFixed(2)} s, ${verdict} the bar of ${DRY_RUN_BAR_SECONDS} s (${each(seconds)}) · ` +
      `${outcome}, ${steps} steps · slowest: ${slowest.join(', ')}`,
  );
}

const measured = await engineOverhead(
  RUNS,
  (temporal) => {
    console.log(`${temporal}, SQLite · Node ${process.version} · ${RUNS} runs each, medians`);
    printLoad('before');
    console.log('\nENGINE: actions that do nothing');
    console.log('mode     steps              per step      whole    each run (s)');
  },
  printOverhead,
);
printRatios('live', measured);
printRatios('dry_run', measured);

if (!process.argv.includes('--no-lab')) {
  console.log('\nDRY RUN of region-failover in a lab (not AWS)');
  const { healthy, lost } = await labDryRuns(RUNS);
  printDryRun('nothing is wrong', healthy);
  printDryRun('protected region is gone', lost);
}
printLoad('after');
