import { z } from 'zod';
import type { Actual } from '../../../domain/objective.ts';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

const notMeasured = z.object({ reason: z.string() });

const actual = z.object({
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
  vantage: z.string(),
  samples: z.object({ path: z.string(), from: z.string(), to: z.string(), count: z.int().nonnegative() }),
  databaseLagEstimateSeconds: z.number().nonnegative().nullable(),
}) satisfies z.ZodType<Actual>;

/** Computes the actual RTO and RPO from the watch's samples and from what the promoted database kept. Unmeasured is `null` with a reason. */
export const measureActual = defineAction({
  id: 'measure.actual',
  title: 'Measure the actual RTO and RPO',
  role: 'measure',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    service: z.string(),
    /** Region that serves now, whose database says what survived. */
    region: z.string(),
    /** Lease epoch before the fence: canaries acknowledged under it may be lost. */
    epochBefore: z.int().nonnegative(),
    /** Last acknowledged canary before the outage, as the impact check saw it. */
    downSince: instant.nullable(),
    servingAt: instant,
    lagEstimateSeconds: z.number().nonnegative().nullable(),
  }),
  output: actual,
  permissions: ['watch:ReadSamples', 'sql:Select'],
  timeoutSeconds: 60,
  regionField: 'region',
});
