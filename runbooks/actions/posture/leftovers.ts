import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema } from './findings.ts';

/** Nothing that an execution restored is still there after that execution has ended. */
export const postureLeftovers = defineAction({
  id: 'posture.leftovers',
  title: 'Look for what executions left behind',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ service: z.string(), regions: z.array(z.string()) }),
  output: areaSchema,
  permissions: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances', 'rds:DescribeGlobalClusters', 'ledger:Read'],
  timeoutSeconds: 30,
});
