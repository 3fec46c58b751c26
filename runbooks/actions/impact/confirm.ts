import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Says whether customers are really cut off, and what else it could be. Asks the watch and the suspect region's own front
 * door, from outside; expects the region not to answer, so it declares no region it depends on.
 * Refuses with `DR_IMPACT_NOT_CONFIRMED` (fewer than 3 misses in a row, or fewer than 2 kinds of signal) and `DR_WATCH_SILENT`.
 */
export const confirmImpact = defineAction({
  id: 'impact.confirm',
  title: 'Confirm that customers are cut off',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    service: z.string(),
    /** Region believed lost. */
    suspect: z.string(),
  }),
  output: z.object({
    /** Canary bookings in a row that were not acknowledged, at the vantage that saw most. */
    misses: z.int().nonnegative(),
    /** Kinds of signal that agree: `canary`, `front door`. */
    signals: z.array(z.string()),
    /** Start of the last acknowledged canary before the misses; `null` when no sample is that old. */
    downSince: instant.nullable(),
    vantages: z.array(
      z.object({
        id: z.string(),
        place: z.string(),
        misses: z.int().nonnegative(),
        sees: z.enum(['down', 'up', 'silent']),
        lastGoodAt: instant.nullable(),
      }),
    ),
    /** Every vantage that is not silent sees the same. */
    vantagesAgree: z.boolean(),
    /** What else could look like this, for whoever approves. */
    mightBe: z.array(z.string()),
  }),
  permissions: ['watch:ReadSamples', 'http:Get'],
  timeoutSeconds: 15,
});
