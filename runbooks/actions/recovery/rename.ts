import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * One of the four renames that put a restored copy in a damaged database's place and back. Who is who is told by AWS's own identifier
 * of the damaged one and by the execution's tag on the copy, never by name: after the swap the name is the copy's. Done when the
 * cluster is available under its new name, and every resolver answers for its endpoint, none with where the other one stands.
 * Refuses with `DR_NAME_TAKEN` when something else has the name, or somebody renamed the cluster meanwhile.
 */
export const renameCluster = defineAction({
  id: 'recovery.rename',
  title: 'Give the database another name',
  role: 'promote',
  effect: 'change',
  drill: 'never',
  input: z.object({
    region: z.string(),
    /** Name that the service knows. */
    cluster: z.string(),
    executionId: z.string(),
    /** The damaged one steps aside or comes back; the copy takes its place or leaves it. */
    rename: z.enum(['damaged-aside', 'copy-in', 'copy-out', 'damaged-back']),
    damagedResourceId: z.string(),
  }),
  output: z.object({ cluster: z.string(), formerly: z.string(), endpoint: z.string(), renamedAt: instant }),
  permissions: ['rds:DescribeDBClusters', 'rds:ModifyDBCluster', 'dns:Resolve'],
  timeoutSeconds: 900,
  regionField: 'region',
});
