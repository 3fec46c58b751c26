import { EngineRig, type TimedExecution } from './engine-rig.ts';
import { inARow, inParallel, type PlanShape, shapeRunbook } from './shape-runbook.ts';

export type BenchMode = 'live' | 'dry_run';

export interface Overhead {
  readonly mode: BenchMode;
  readonly shape: PlanShape;
  /** Median over the runs, from the first step's start to the last step's end, divided by the steps. */
  readonly perStepMs: number;
  /** Each run from the start call to the result. */
  readonly wholeSeconds: readonly number[];
}

export const IN_A_ROW = inARow(20);
export const LONG_ROW = inARow(100);
export const AT_ONCE = inParallel(50);
const SHAPES = [IN_A_ROW, LONG_ROW, AT_ONCE];

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Every shape in both modes, told as it is measured. A first execution that warms everything up does not count. */
export async function engineOverhead(
  runs: number,
  about: (temporal: string) => void,
  tell: (overhead: Overhead) => void,
): Promise<readonly Overhead[]> {
  const runbooks = SHAPES.map((shape) => ({ shape, runbook: shapeRunbook(shape) }));
  const rig = await EngineRig.start(runbooks.map(({ runbook }) => runbook));
  try {
    about(rig.temporal.version);
    await rig.execute(runbooks[0]!.runbook, 'live');
    const measured: Overhead[] = [];
    for (const mode of ['live', 'dry_run'] as const) {
      for (const { shape, runbook } of runbooks) {
        const timed: TimedExecution[] = [];
        for (let run = 0; run < runs; run += 1) timed.push(await rig.execute(runbook, mode));
        const overhead = {
          mode,
          shape,
          perStepMs: median(timed.map(({ stepsMs }) => stepsMs)) / shape.nodes.length,
          wholeSeconds: timed.map(({ wholeMs }) => wholeMs / 1_000),
        };
        tell(overhead);
        measured.push(overhead);
      }
    }
    return measured;
  } finally {
    await rig.stop();
  }
}
