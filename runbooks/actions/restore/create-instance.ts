import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/** Gives a restored cluster its instance: Aurora restores storage only. Done when both are available. Refuses with `DR_RESTORE_FAILED`. */
export const createInstance = defineAction({
  id: 'restore.create-instance',
  title: 'Create the instance of the restored database',
  role: 'restore',
  effect: 'change',
  drill: 'own',
  input: z.object({
    region: z.string(),
    cluster: z.string(),
    executionId: z.string(),
    instanceClass: z.string(),
    /** As in `restore.from-snapshot`. */
    keep: z.boolean(),
  }),
  output: z.object({
    cluster: z.string(),
    instance: z.string(),
    endpoint: z.string(),
    port: z.int().positive(),
    instanceAvailableAt: instant,
  }),
  permissions: ['rds:CreateDBInstance', 'rds:AddTagsToResource', 'rds:DescribeDBInstances', 'rds:DescribeDBClusters'],
  timeoutSeconds: 3_600,
  regionField: 'region',
});
