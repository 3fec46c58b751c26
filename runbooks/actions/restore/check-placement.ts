import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { placement } from './placement.ts';

/**
 * Looks where a restored cluster really stands: subnet group, security groups, parameter group, key, tags. Refuses with
 * `DR_RESTORE_MISPLACED` naming each difference.
 */
export const checkPlacement = defineAction({
  id: 'restore.check-placement',
  title: 'Check where the restored database stands',
  role: 'verify',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string(), cluster: z.string(), executionId: z.string(), placement }),
  output: z.object({
    subnetGroup: z.string(),
    securityGroups: z.array(z.string()),
    parameterGroup: z.string(),
    kmsKey: z.string().nullable(),
    encrypted: z.boolean(),
  }),
  permissions: ['rds:DescribeDBClusters'],
  timeoutSeconds: 120,
  regionField: 'region',
});
