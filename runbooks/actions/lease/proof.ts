import { z } from 'zod';

/** What a fence by lease proves: all listed writers stopped, or one that was paused may still commit when it wakes. */
export const leaseProof = z.enum(['lease', 'lease, late commit possible']);

/** A writer that takes part in the lease. A writer that does not is fenced by nothing here. */
export const leaseParticipant = z.object({
  id: z.string(),
  region: z.string(),
  epoch: z.int().nonnegative(),
  renewedAt: z.iso.datetime(),
  rechecks: z.boolean(),
  boundsTransactions: z.boolean(),
});
