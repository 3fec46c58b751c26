import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Decides once, within 5 s, whether a region's control plane, database and front door answer. That they do not is an
 * output, never a failure. Steps that address the region use `reachable` instead of finding out again.
 */
export const reachRegion = defineAction({
  id: 'region.reach',
  title: 'Decide once whether a region can be reached',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string() }),
  output: z.object({
    /** Control plane and database both answered: the region can be asked to do things. */
    reachable: z.boolean(),
    controlPlane: z.boolean(),
    database: z.boolean(),
    frontDoor: z.boolean(),
    /** What was heard, or not, from each part that did not answer. */
    because: z.array(z.string()),
    decidedAt: instant,
  }),
  permissions: ['rds:DescribeDBClusters', 'sql:Select', 'http:Get'],
  timeoutSeconds: 8,
  regionField: 'region',
});
