import { z } from 'zod';
import type { Actual, MeasuredCopy, MeasuredRestore } from '../../../domain/objective.ts';
import { instant } from '../instant.ts';

export const measuredRestore = z.object({
  requestedAt: instant,
  validatedAt: instant,
  restoreSeconds: z.number().nonnegative(),
  restoredTo: instant,
  recoveryPointSeconds: z.number().nonnegative().nullable(),
  precisionSeconds: z.number().nullable(),
  sizeBytes: z.int().nonnegative().nullable(),
  bytesPerSecond: z.number().nonnegative().nullable(),
}) satisfies z.ZodType<MeasuredRestore>;

const copy = z.object({
  copySeconds: z.number().nonnegative(),
  dataTime: instant,
  exposureSeconds: z.number().nonnegative(),
  worstExposureSeconds: z.number().nonnegative().nullable(),
  newestCopy: z.string(),
}) satisfies z.ZodType<MeasuredCopy>;

const notMeasured = z.object({ reason: z.string() });

export const actualSchema = z.object({
  rtoSeconds: z.number().nonnegative().nullable(),
  rpo: z
    .object({
      minSeconds: z.number().nonnegative(),
      maxSeconds: z.number().nonnegative(),
      oldestLostAt: instant.nullable(),
      newestSurvivingAt: instant.nullable(),
      lost: z.int().nonnegative(),
    })
    .nullable(),
  notMeasured: z.object({ rto: z.exactOptional(notMeasured), rpo: z.exactOptional(notMeasured) }),
  method: z.string(),
  resolutionSeconds: z.number().nonnegative().nullable(),
  disruptedAt: instant.nullable(),
  detectedAt: instant.nullable(),
  servingAt: instant.nullable(),
  vantage: z.string().nullable(),
  samples: z.object({ path: z.string(), from: z.string(), to: z.string(), count: z.int().nonnegative() }).nullable(),
  databaseLagEstimateSeconds: z.number().nonnegative().nullable(),
  restore: z.exactOptional(measuredRestore),
  copy: z.exactOptional(copy),
}) satisfies z.ZodType<Actual>;
