import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Reads `aurora_global_db_status()` in the standby's region. −1, missing or stale is unknown (`lagSeconds: null` with a
 * reason), never small; after the loss of the writer's region it always is.
 */
export const readLag = defineAction({
  id: 'database.readLag',
  title: 'Read how far the standby is behind',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string() }),
  output: z.object({
    lagSeconds: z.number().nonnegative().nullable(),
    /** What the function last said, however old: an estimate, for people and for the record. */
    lastKnownLagSeconds: z.number().nonnegative().nullable(),
    readAt: instant,
    /** When the figure was last calculated, if that is too long ago to count. */
    staleSince: instant.nullable(),
    /** Why `lagSeconds` is unknown. */
    because: z.string().nullable(),
  }),
  permissions: ['sql:Select'],
  timeoutSeconds: 15,
  regionField: 'region',
});
