/**
 * What the engine costs: every action answers at its first look, so all the time that passes is the engine's, Temporal's
 * and the evidence store's. `npm run bench:engine`. Seconds depend on the machine; the ratios are the claim.
 */
import { availableParallelism, loadavg } from 'node:os';
import { EXAMPLE_SERVICE } from '../runbooks/example-service.ts';
import { compilePlan } from '../runbooks/language/compile-plan.ts';
import { regionFailover } from '../runbooks/region-failover.ts';
import { EngineRig, type TimedExecution } from './engine/engine-rig.ts';
import { inARow, inParallel, type PlanShape, shapeOf, shapeRunbook } from './engine/shape-runbook.ts';

const RUNS = 3;
const DRY_RUN_BAR_SECONDS = 3;

const example = regionFailover.example(EXAMPLE_SERVICE);
const failover = shapeOf(compilePlan({ runbook: regionFailover, service: EXAMPLE_SERVICE, parameters: example }));
const SHAPES = { short: inARow(20), long: inARow(100), wide: inParallel(50), failover } as const;
type ShapeName = keyof typeof SHAPES;

const RUNBOOKS = Object.fromEntries(
  Object.entries(SHAPES).map(([name, shape]) => [name, shapeRunbook(shape as PlanShape)]),
) as Record<ShapeName, ReturnType<typeof shapeRunbook>>;

interface Figures {
  readonly wholeSeconds: number;
  readonly perStepMs: number;
  readonly runs: readonly number[];
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');

function figuresOf(name: ShapeName, runs: readonly TimedExecution[]): Figures {
  return {
    wholeSeconds: median(runs.map(({ wholeMs }) => wholeMs)) / 1_000,
    perStepMs: median(runs.map(({ stepsMs }) => stepsMs)) / SHAPES[name].nodes.length,
    runs: runs.map(({ wholeMs }) => wholeMs / 1_000),
  };
}

function printRow(mode: string, shape: PlanShape, { wholeSeconds, perStepMs, runs }: Figures): void {
  const cells = [
    mode.padEnd(8),
    shape.id.padEnd(26),
    String(shape.nodes.length).padStart(5),
    `${perStepMs.toFixed(1)} ms`.padStart(12),
    `${wholeSeconds.toFixed(2)} s`.padStart(10),
    `   ${runs.map((seconds) => seconds.toFixed(2)).join(' ')}`,
  ];
  console.log(cells.join(' '));
}

async function measureMode(rig: EngineRig, mode: 'live' | 'dry_run'): Promise<Record<ShapeName, Figures>> {
  const measured: Partial<Record<ShapeName, Figures>> = {};
  for (const name of Object.keys(SHAPES) as ShapeName[]) {
    const runs: TimedExecution[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await rig.execute(RUNBOOKS[name], mode));
    measured[name] = figuresOf(name, runs);
    printRow(mode === 'live' ? 'live' : 'dry run', SHAPES[name], measured[name]);
  }
  return measured as Record<ShapeName, Figures>;
}

function printRatios(mode: string, { short, long, wide }: Record<ShapeName, Figures>): void {
  const growth = long.perStepMs / short.perStepMs;
  const speedUp = short.perStepMs / wide.perStepMs;
  console.log(
    `${mode.padEnd(8)} a step of 100 costs ${growth.toFixed(2)} × a step of 20; `.padEnd(52) +
      `50 at once go ${speedUp.toFixed(1)} × faster than in a row`,
  );
}

const rig = await EngineRig.start(Object.values(RUNBOOKS));
try {
  console.log(`${rig.temporal.version}, SQLite · Node ${process.version} · ${availableParallelism()} cores`);
  console.log(`load average before: ${load()}\n`);
  await rig.execute(RUNBOOKS.short, 'live');
  console.log('mode     shape                      steps     per step      whole   each run (s)');
  const live = await measureMode(rig, 'live');
  const dry = await measureMode(rig, 'dry_run');
  console.log('');
  printRatios('live', live);
  printRatios('dry run', dry);
  const { wholeSeconds } = dry.failover;
  const verdict = wholeSeconds <= DRY_RUN_BAR_SECONDS ? 'within' : 'OUTSIDE';
  console.log(
    `\ndry run of a plan shaped as region-failover: ${wholeSeconds.toFixed(2)} s, ${verdict} the bar of ${DRY_RUN_BAR_SECONDS} s`,
  );
  console.log('  (what the real actions take to look at the world comes on top)');
  const busy = (loadavg()[0] ?? 0) > availableParallelism() ? ': more work than cores, so seconds are pessimistic' : '';
  console.log(`load average after: ${load()}${busy}`);
} finally {
  await rig.stop();
}
