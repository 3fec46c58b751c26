import { parseArgs } from 'node:util';
import { shapeOf } from '../../domain/errors.ts';
import { demo } from './demo.ts';

const HELP = `npm run demo -- [options]: lose a region and get it back, on this machine, with real parts
  --fault black-hole|refuse   how the lost region looks from outside (black-hole)
  --lag-ms N                  replication delay, so that acknowledged bookings are really lost (0)
  --json FILE                 write what happened there; the raw logs are kept in its folder
  --keep                      leave the lab running afterwards
  --dir FOLDER                where the lab keeps its state (a new temporary folder)
`;

/** Usage errors end with 2, anything that did not come out as promised with 1. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      fault: { type: 'string', default: 'black-hole' },
      'lag-ms': { type: 'string', default: '0' },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      dir: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const lagMs = Number(values['lag-ms']);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if ((values.fault !== 'black-hole' && values.fault !== 'refuse') || !Number.isInteger(lagMs) || lagMs < 0) {
    process.stderr.write(
      `--fault ${values.fault} --lag-ms ${values['lag-ms']}: expected black-hole or refuse, and whole milliseconds\n${HELP}`,
    );
    return 2;
  }
  return demo({ fault: values.fault, lagMs, json: values.json ?? null, keep: values.keep, dir: values.dir ?? null });
}

try {
  process.exitCode = await main();
} catch (caught) {
  const { code, message, remedy } = shapeOf(caught);
  process.stderr.write(`\nthe demo failed: ${message} (${code})\n${remedy}\n`);
  process.exitCode = 1;
}
