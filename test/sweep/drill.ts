/**
 * Restore drills by the dozen: `npm run sweep:drill [-- --instants 20 --runs 50 --seed 1]`.
 *
 * First random instants among writes whose commit times are known: the restored copy must hold exactly what was committed until
 * then, a row that was deleted since included. Then seeded runs in which something goes wrong: whatever happens, nothing that a drill made
 * may remain, and nothing else may be touched.
 */
import { parseArgs } from 'node:util';
import { DrillInstants } from './drill-instants.ts';
import { DrillLab } from './drill-lab.ts';
import { DrillMishaps } from './drill-mishaps.ts';

const { values } = parseArgs({
  options: {
    instants: { type: 'string', default: '20' },
    runs: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);

const lab = await DrillLab.open();
let failed = 0;
try {
  console.log(`seed ${seed}\n\nINSTANTS`);
  failed += await new DrillInstants(lab, seed).run(Number(values.instants));
  console.log('\nMISHAPS');
  failed += await new DrillMishaps(lab, seed).run(Number(values.runs));
} finally {
  await lab.close();
}
console.log(failed === 0 ? '\neverything holds' : `\n${failed} do not hold`);
process.exitCode = failed === 0 ? 0 : 1;
