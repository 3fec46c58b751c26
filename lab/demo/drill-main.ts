import { parseArgs } from 'node:util';
import { shapeOf } from '../../domain/errors.ts';
import { drillDemo } from './drill.ts';

const HELP = `npm run demo:drill -- [options]: restore the database to an instant beside itself, look whether it is whole, clean up
  --json FILE     write what happened there
  --keep          leave the lab running afterwards
  --dir FOLDER    where the lab keeps its state (a new temporary folder)
`;

/** Usage errors end with 2, anything that did not come out as promised with 1. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      dir: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  return drillDemo({ json: values.json ?? null, keep: values.keep, dir: values.dir ?? null });
}

// The AWS SDK warns of Node versions it will not support one day: nothing that belongs among what a drill found.
process.removeAllListeners('warning');

try {
  process.exitCode = await main();
} catch (caught) {
  const { code, message, remedy } = shapeOf(caught);
  process.stderr.write(`\nthe demo failed: ${message} (${code})\n${remedy}\n`);
  process.exitCode = 1;
}
