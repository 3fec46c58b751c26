import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Reads how far back and how far forward the source can be restored, then waits until the wanted instant lies inside. Refuses with
 * `DR_RESTORE_OUTSIDE_WINDOW` when it is older than the oldest, `DR_BACKUPS_OFF` when there is no window at all.
 */
export const awaitRestorable = defineAction({
  id: 'restore.await-restorable',
  title: 'Wait until the instant can be restored',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    cluster: z.string(),
    /** Instant to restore to, ISO 8601, up to microseconds. */
    restoreTo: z.string(),
  }),
  output: z.object({
    /** The instant, with the precision that a restore call takes: whole seconds or milliseconds after it, never before. */
    restoreTo: instant,
    earliestAt: instant,
    latestAt: instant,
    /** When it was first looked, and the latest restorable instant then: the difference is what a loss at that moment would have cost. */
    firstLookAt: instant,
    latestAtFirstLook: instant,
  }),
  permissions: ['rds:DescribeDBClusters'],
  timeoutSeconds: 900,
  regionField: 'region',
});
