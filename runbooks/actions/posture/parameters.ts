import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { clusterPlaces } from './cluster-places.ts';
import { areaSchema } from './findings.ts';

/** What people set in the cluster parameter groups is the same in both regions; each difference is named. */
export const postureParameters = defineAction({
  id: 'posture.parameters',
  title: 'Compare the database parameters of both regions',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ clusters: clusterPlaces }),
  output: areaSchema,
  permissions: ['rds:DescribeDBClusters', 'rds:DescribeDBClusterParameters'],
  timeoutSeconds: 30,
});
