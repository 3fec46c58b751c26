import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { leaseParticipant, leaseProof } from './proof.ts';

/**
 * Reads the write lease: the epoch the fence will start from, and what the fence will be able to prove.
 * Refuses with `DR_LEASE_STORE`.
 */
export const checkLease = defineAction({
  id: 'lease.check',
  title: 'Read the write lease and what fencing by it can prove',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ service: z.string() }),
  output: z.object({
    epoch: z.int().nonnegative(),
    /** Region whose writers hold it. */
    region: z.string(),
    advancedAt: instant,
    participants: z.array(leaseParticipant),
    /** How long the fence will wait: time to live, pause margin and drift margin. */
    waitSeconds: z.number().nonnegative(),
    wouldProve: leaseProof,
  }),
  permissions: ['lease:Read'],
  timeoutSeconds: 10,
});
