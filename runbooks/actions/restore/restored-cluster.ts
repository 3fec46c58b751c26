import { z } from 'zod';
import { instant } from '../instant.ts';

/** A cluster that an execution restored: storage only, without an instance yet. */
export const restoredCluster = z.object({
  cluster: z.string(),
  clusterArn: z.string(),
  /** When the call went out. */
  restoreRequestedAt: instant,
  restoredAt: instant,
});
