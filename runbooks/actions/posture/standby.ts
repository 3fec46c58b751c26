import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema } from './findings.ts';

/** The standby is connected, has an instance, is not far behind, and runs the engine that the writer runs. */
export const postureStandby = defineAction({
  id: 'posture.standby',
  title: 'Look at the standby',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    /** Region of the standby. */
    region: z.string(),
    globalCluster: z.string(),
    cluster: z.string(),
    clusterArn: z.string(),
    /** Where the writer should be, and its cluster. */
    protectedRegion: z.string(),
    protectedCluster: z.string(),
    lagAtMostSeconds: z.number().positive(),
  }),
  output: areaSchema,
  permissions: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:DescribeDBInstances', 'sql:Select'],
  timeoutSeconds: 30,
  regionField: 'region',
});
