import { expect, it } from 'vitest';
import { labSurroundings } from '../../lab/config.ts';
import { findOpenTofu } from '../../lab/parts/opentofu.ts';
import { playColdNight } from '../support/cold-night.ts';

const { tofu, cacheDir, searchPath } = labSurroundings();
// Building one takes minutes: that is the business of `npm run sweep:cold`.
const search = { ...(tofu ? { explicit: tofu } : {}), cacheDir, searchPath };
const missing = await findOpenTofu(search).then(
  () => null,
  (caught: Error) => caught.message,
);
if (missing !== null) console.warn(`the cold night is left out: ${missing}`);

// On CI it has to be there: the night then fails for what is missing.
it.skipIf(missing !== null && !process.env['CI'])(
  'books again in the other region on the newest copy when nothing stood there, and reports the loss the observer saw',
  async () => {
    const { copied, planned, ended, findings } = await playColdNight();
    expect(copied.outcome, JSON.stringify(copied.error)).toBe('succeeded');
    expect(planned.outcome, JSON.stringify(planned.error)).toBe('ready');
    expect(ended.outcome, JSON.stringify(ended.error)).toBe('succeeded');
    expect(ended.actual?.rpo?.lost).toBeGreaterThan(0);
    expect(findings.filter((finding) => !finding.holds)).toEqual([]);
  },
);
