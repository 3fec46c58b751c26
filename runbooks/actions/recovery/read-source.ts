import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { placement } from '../restore/placement.ts';

/**
 * Reads where a running database stands, so that a copy can be put in the very same place, and what it is called from within. Refuses with
 * `DR_NAME_TAKEN` when the name it would get as it is set aside is taken, with `DR_DB_GLOBAL_STATE` when it follows another
 * region, with `DR_RESTORE_FAILED` when it is not there or has no writer.
 */
export const readSource = defineAction({
  id: 'recovery.read-source',
  title: 'Read where the database stands',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string(), cluster: z.string(), executionId: z.string() }),
  output: z.object({
    cluster: z.string(),
    /** AWS's own name for it, which no rename changes. */
    resourceId: z.string(),
    globalCluster: z.string().nullable(),
    /** What it will be called when its copy has taken its name. */
    setAsideAs: z.string(),
    placement,
    /** What a restored copy will not have: sentences for whoever decides. */
    warnings: z.array(z.string()),
  }),
  permissions: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
  timeoutSeconds: 30,
  regionField: 'region',
});
