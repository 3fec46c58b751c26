import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labSurroundings } from '../../lab/config.ts';
import { findOpenTofu, type OpenTofuBinary } from '../../lab/parts/opentofu.ts';
import { INFRASTRUCTURE_CHECKS, Rig } from './infrastructure-checks.ts';

const { tofu, cacheDir, searchPath } = labSurroundings();
const found: OpenTofuBinary | Error = await findOpenTofu({
  ...(tofu ? { explicit: tofu } : {}),
  cacheDir,
  searchPath,
}).catch((caught: Error) => caught);

if (found instanceof Error) {
  // Building one takes minutes: that is the sweep's business. But nobody shall believe that this was tested.
  const says = `infrastructure not tested: ${found.message}`;
  test.skipIf(!process.env['CI'])('a Terraform-compatible binary is here', () => expect(says).toBe('found'));
  if (!process.env['CI']) console.warn(says);
} else {
  describe(`with ${found.version}`, () => {
    let rig: Rig;
    beforeEach(() => {
      rig = new Rig(found.path);
    });
    afterEach(() => rig.close());

    test.each(INFRASTRUCTURE_CHECKS)('$promise', ({ run }) => run(rig));
  });
}
