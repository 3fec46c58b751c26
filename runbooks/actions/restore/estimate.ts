import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/**
 * Says beforehand how long a restore will take: size divided by the rate that past restores of this service in this environment
 * reached. Without a past restore it says that nothing is known. Never refuses: it warns.
 */
export const estimateRestore = defineAction({
  id: 'restore.estimate',
  title: 'Estimate how long the restore takes',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    sizeBytes: z.int().nonnegative().nullable(),
    /** The target the estimate is held against, in seconds, and what it is called: `RTO`, `restore objective`. */
    objectiveSeconds: z.number().positive().nullable(),
    objectiveName: z.string(),
  }),
  output: z.object({
    sizeBytes: z.int().nonnegative().nullable(),
    /** Median of the past restores. */
    bytesPerSecond: z.number().positive().nullable(),
    restoresMeasured: z.int().nonnegative(),
    predictedSeconds: z.number().nonnegative().nullable(),
    /** `null`: unknown. */
    meetsObjective: z.boolean().nullable(),
    /** Sentences for whoever decides; screens show them with the plan. */
    warnings: z.array(z.string()),
  }),
  permissions: ['ledger:Read'],
  timeoutSeconds: 60,
  regionField: 'region',
});
