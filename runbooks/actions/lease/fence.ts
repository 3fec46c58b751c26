import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { leaseParticipant, leaseProof } from './proof.ts';

/**
 * Takes the next epoch for the target region and waits out the old lease with its margins, so that no listed writer of the
 * old region writes any more. Trying again with the same `epochBefore` takes no second epoch.
 * Refuses with `DR_FENCE_NOT_PROVED` (somebody else took an epoch in between) and `DR_LEASE_STORE`.
 */
export const fenceWriters = defineAction({
  id: 'lease.fence',
  title: 'Take the write lease from the old region and wait it out',
  role: 'fence',
  effect: 'change',
  drill: 'never',
  input: z.object({
    service: z.string(),
    fromRegion: z.string(),
    toRegion: z.string(),
    /** Epoch the preflight read; the fence takes the next one. */
    epochBefore: z.int().nonnegative(),
  }),
  output: z.object({
    epoch: z.int().positive(),
    proved: leaseProof,
    /** Writers the proof covers. */
    participants: z.array(leaseParticipant),
    waitedSeconds: z.number().nonnegative(),
    /** When the last listed writer can have stopped, at the latest. */
    fencedAt: instant,
  }),
  permissions: ['lease:Read', 'lease:Advance'],
  timeoutSeconds: 120,
});
