import { type LabHandle, startLab } from '../lab-handle.ts';
import { sayTitle } from './say-title.ts';

export interface LabChoice {
  /** Leave the lab running afterwards. */
  readonly keep: boolean;
  readonly dir?: string | undefined;
  readonly lagMs?: number;
}

interface Play {
  readonly name: string;
  /** Commands worth a try on a lab that was kept. */
  readonly commands: string;
  /** Number of the act in which the lab is stopped. */
  readonly lastAct: number;
  /** Everything between the first act and the last. Returns what did not come out as promised. */
  run(lab: LabHandle): Promise<readonly string[]>;
}

/** Plays on a lab of its own, which goes down after it and on Ctrl-C. Returns the exit code: 0 only when all came out as promised. */
export async function playOnLab({ keep, dir, lagMs = 0 }: LabChoice, play: Play): Promise<number> {
  const startedAt = Date.now();
  sayTitle('1  Three places on this machine come up');
  const lab = await startLab({
    ...(dir === undefined ? {} : { dir }),
    lagMs,
    boundToParent: !keep,
    onProgress: (line) => process.stdout.write(`   ${line}\n`),
  });
  let ended: Promise<void> | null = null;
  const end = () => (ended ??= lab.down());
  process.once('SIGINT', () => void end().then(() => process.exit(130)));
  try {
    const problems = await play.run(lab);
    if (keep) {
      tellHowToGoOn(lab, play.commands);
      // Nothing is left to end here.
      ended = Promise.resolve();
    } else {
      sayTitle(`${play.lastAct}  Everything is stopped`);
      await end();
    }
    const well = problems.length === 0;
    const verdict = well ? `The ${play.name} ended well` : `NOT AS PROMISED: ${problems.join('; ')}`;
    process.stdout.write(`\n${verdict} after ${((Date.now() - startedAt) / 1_000).toFixed(0)} s.\n`);
    return well ? 0 : 1;
  } finally {
    await end();
  }
}

function tellHowToGoOn({ dir }: LabHandle, commands: string): void {
  process.stdout.write(`
The lab stays up in ${dir}. Three things to try:
  eval "$(npm run --silent lab -- env --dir ${dir})"        then: ${commands}
  npm run lab -- status --dir ${dir}
  npm run lab -- down --dir ${dir}
`);
}
