import { shapeOf } from '../../domain/errors.ts';

/** What every demo can be told, as `parseArgs` reads it. */
export const OPTIONS = {
  json: { type: 'string' },
  keep: { type: 'boolean', default: false },
  dir: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Ends the process with what `main` returns, or with 1 and the reason when it throws. */
export async function exitWith(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (caught) {
    const { code, message, remedy } = shapeOf(caught);
    process.stderr.write(`\nthe demo failed: ${message} (${code})\n${remedy}\n`);
    process.exitCode = 1;
  }
}
