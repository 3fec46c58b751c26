/**
 * The cold path from end to end, `npm run sweep:cold [-- --nights 3]`: no standby, total loss of the protected region, and the service
 * books again on the newest copy. The recovery stack is applied by a real OpenTofu, built once if there is none.
 */
import { parseArgs } from 'node:util';
import { findOpenTofu } from '../../lab/parts/opentofu.ts';
import { cacheFolder } from '../support/cache-folder.ts';
import { playColdNight } from '../support/cold-night.ts';

const { values } = parseArgs({ options: { nights: { type: 'string', default: '1' } } });
const tofu = await findOpenTofu({ cacheDir: cacheFolder(), build: true, onlyOpenTofu: true, say: console.log });
console.log(`${tofu.version}, from ${tofu.from}`);

let failed = 0;
for (let night = 1; night <= Number(values.nights); night += 1) {
  const startedAt = Date.now();
  const { copied, planned, changedByPlan, ended, findings } = await playColdNight();
  const dataTime = copied.actual?.copy?.dataTime;
  const all = [
    { what: 'the copy succeeded', holds: copied.outcome === 'succeeded', figures: `data of ${dataTime}` },
    {
      what: 'the dry run was ready and changed nothing',
      holds: planned.outcome === 'ready' && changedByPlan.length === 0,
      figures: `${planned.outcome}, ${planned.steps.filter(({ state }) => state === 'predicted').length} steps predicted, changed: ${changedByPlan.join(', ') || 'nothing'}`,
    },
    ...findings,
  ];
  const holds = all.every((finding) => finding.holds);
  failed += holds ? 0 : 1;
  const { rpo, rtoSeconds } = ended.actual ?? {};
  console.log(`${holds ? '✓' : '✗'} night ${night}, ${((Date.now() - startedAt) / 1_000).toFixed(0)} s`);
  console.log(`    RTO ${rtoSeconds} s, RPO ${rpo?.minSeconds}–${rpo?.maxSeconds} s, ${rpo?.lost} canaries lost`);
  for (const { what, holds: one, figures } of all) console.log(`    ${one ? '✓' : '✗'} ${what}: ${figures}`);
  if (ended.error) console.log(`    ${ended.error.code}: ${ended.error.message}`);
}
console.log(`${Number(values.nights) - failed} of ${values.nights} nights hold`);
process.exitCode = failed === 0 ? 0 : 1;
