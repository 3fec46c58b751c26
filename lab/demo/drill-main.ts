import { parseArgs } from 'node:util';
import { exitWith, OPTIONS } from './demo-command.ts';
import { drillDemo } from './drill.ts';

const HELP = `npm run demo:drill -- [options]: restore the database to an instant beside itself, look whether it is whole, clean up
  --json FILE     write what happened there
  --keep          leave the lab running afterwards
  --dir FOLDER    where the lab keeps its state (a new temporary folder)
`;

// The AWS SDK warns of Node versions it will not support one day: nothing that belongs among what a drill found.
process.removeAllListeners('warning');

await exitWith(async () => {
  const { values } = parseArgs({ options: OPTIONS });
  if (!values.help) return drillDemo(values);
  process.stdout.write(HELP);
  return 0;
});
