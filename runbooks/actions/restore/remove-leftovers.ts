import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { leftAlone } from './clean-up.ts';

/**
 * Deletes what executions that have ended left behind: those that died before their own clean-up. The same three signs as for a
 * clean-up, and the execution in the tag has ended. Never touches anything of an execution that still runs or that nobody knows.
 */
export const removeLeftovers = defineAction({
  id: 'restore.remove-leftovers',
  title: 'Remove what dead executions left behind',
  role: 'cleanup',
  effect: 'change',
  drill: 'own',
  input: z.object({ region: z.string(), executionId: z.string() }),
  output: z.object({
    removed: z.array(z.string()),
    leftAlone: z.array(leftAlone),
    leftoversRemovedAt: instant,
  }),
  permissions: [
    'rds:DescribeDBClusters',
    'rds:DescribeDBInstances',
    'rds:DescribeGlobalClusters',
    'temporal:ReadExecution',
    'rds:ModifyDBCluster',
    'rds:DeleteDBInstance',
    'rds:DeleteDBCluster',
  ],
  timeoutSeconds: 1_800,
  regionField: 'region',
});
