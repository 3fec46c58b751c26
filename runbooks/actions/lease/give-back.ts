import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/**
 * Undo of `lease.fence`: takes a further epoch for the region that had the lease. Changes nothing when that region holds it.
 * Only ever run while promotion has not begun.
 */
export const giveBackLease = defineAction({
  id: 'lease.giveBack',
  title: 'Give the write lease back to the old region',
  role: 'fence',
  effect: 'change',
  drill: 'never',
  input: z.object({
    service: z.string(),
    /** Region that gets it back. */
    toRegion: z.string(),
    /** Epoch before the fence. */
    epochBefore: z.int().nonnegative(),
  }),
  output: z.object({ epoch: z.int().nonnegative(), region: z.string() }),
  permissions: ['lease:Read', 'lease:Advance'],
  timeoutSeconds: 60,
});
