import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { actualSchema, measuredRestore } from './actual-schema.ts';

/**
 * Computes what would be lost if the region and its backups vanished now: now minus the data time of the newest usable copy. The worst
 * case is the schedule's interval plus snapshot and copy time.
 */
export const measureExposure = defineAction({
  id: 'measure.exposure',
  title: 'Measure the exposure',
  role: 'measure',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    /** Where the copies are. */
    region: z.string(),
    /** Source cluster of the copies. */
    cluster: z.string(),
    /** Seconds between two runs of the declared schedule; `null` when none is declared. */
    intervalSeconds: z.number().positive().nullable(),
    snapshotSeconds: z.number().nonnegative().nullable(),
    copySeconds: z.number().nonnegative(),
    copiedAt: instant,
    /** What restoring the copy took, where it was restored and validated: goes into the same record. */
    restore: measuredRestore.optional(),
  }),
  output: actualSchema,
  permissions: ['rds:DescribeDBClusterSnapshots'],
  timeoutSeconds: 60,
  regionField: 'region',
});
