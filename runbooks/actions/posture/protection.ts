import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { clusterPlaces } from './cluster-places.ts';
import { areaSchema } from './findings.ts';

/** Deletion protection, more than one availability zone, storage encrypted with the declared key, and keys that can be used. */
export const postureProtection = defineAction({
  id: 'posture.protection',
  title: 'Look at how the databases are protected',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ clusters: clusterPlaces }),
  output: areaSchema,
  permissions: ['rds:DescribeDBClusters', 'rds:DescribeDBInstances', 'kms:DescribeKey'],
  timeoutSeconds: 30,
});
