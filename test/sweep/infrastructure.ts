/** What is promised of the recovery stack, with a real OpenTofu, built once if there is none: `npm run sweep:infrastructure`. */

import { labSurroundings } from '../../lab/config.ts';
import { findOpenTofu } from '../../lab/parts/opentofu.ts';
import { INFRASTRUCTURE_CHECKS, Rig } from '../lab/infrastructure-checks.ts';

const { tofu, cacheDir, searchPath } = labSurroundings();
const found = await findOpenTofu({
  ...(tofu ? { explicit: tofu } : {}),
  cacheDir,
  searchPath,
  build: true,
  onlyOpenTofu: true,
  say: (line) => console.error(line),
});
console.log(`${found.version}, ${found.from}`);
let failed = 0;
for (const { promise, run } of INFRASTRUCTURE_CHECKS) {
  const rig = new Rig(found.path);
  const startedAt = Date.now();
  const because = await run(rig).then(
    () => null,
    (caught: unknown) => caught,
  );
  rig.close();
  failed += because ? 1 : 0;
  console.log(`${because ? '✗' : '✓'} ${promise} (${((Date.now() - startedAt) / 1_000).toFixed(1)} s)`);
  if (because) console.log(because);
}
console.log(`${INFRASTRUCTURE_CHECKS.length - failed} of ${INFRASTRUCTURE_CHECKS.length} promises hold`);
process.exitCode = failed === 0 ? 0 : 1;
