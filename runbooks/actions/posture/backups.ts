import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema } from './findings.ts';

/** Backups on, kept long enough, restorable up to a moment ago; a copy in the recovery region that is young enough, and one that was validated. */
export const postureBackups = defineAction({
  id: 'posture.backups',
  title: 'Look at backups and copies',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    service: z.string(),
    region: z.string(),
    cluster: z.string(),
    /** Where the copies are. */
    recoveryRegion: z.string(),
    /** `null`: none is declared. */
    retentionDaysAtLeast: z.int().positive().nullable(),
    /** Oldest that the newest restorable instant may be. */
    restorableAgeAtMostSeconds: z.number().positive(),
    /** Oldest that the data in the newest copy may be; `null`: none is declared. */
    exposureAtMostSeconds: z.number().positive().nullable(),
  }),
  output: areaSchema,
  permissions: ['rds:DescribeDBClusters', 'rds:DescribeDBClusterSnapshots'],
  timeoutSeconds: 30,
  regionField: 'region',
});
