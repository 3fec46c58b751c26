import { parseArgs } from 'node:util';
import { demo } from './demo.ts';
import { exitWith, OPTIONS } from './demo-command.ts';

const HELP = `npm run demo -- [options]: lose a region and get it back, on this machine, with real parts
  --fault black-hole|refuse   how the lost region looks from outside (black-hole)
  --lag-ms N                  replication delay, so that acknowledged bookings are really lost (0)
  --json FILE                 write what happened there; the raw logs are kept in its folder
  --keep                      leave the lab running afterwards
  --dir FOLDER                where the lab keeps its state (a new temporary folder)
`;

/** Usage errors end with 2, anything that did not come out as promised with 1. */
await exitWith(async () => {
  const { values } = parseArgs({
    options: {
      ...OPTIONS,
      fault: { type: 'string', default: 'black-hole' },
      'lag-ms': { type: 'string', default: '0' },
    },
  });
  const { fault, help, json, keep, dir } = values;
  const lagMs = Number(values['lag-ms']);
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  if ((fault !== 'black-hole' && fault !== 'refuse') || !Number.isInteger(lagMs) || lagMs < 0) {
    process.stderr.write(
      `--fault ${fault} --lag-ms ${values['lag-ms']}: expected black-hole or refuse, and whole milliseconds\n${HELP}`,
    );
    return 2;
  }
  return demo({ fault, lagMs, json, keep, dir });
});
