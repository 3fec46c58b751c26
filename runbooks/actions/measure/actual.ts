import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { actualSchema } from './actual-schema.ts';

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
    /** Instant whose state serves now, where it is that of a restored copy: canaries back to then may be lost. */
    restoredTo: z.exactOptional(instant),
  }),
  output: actualSchema,
  permissions: ['watch:ReadSamples', 'sql:Select'],
  timeoutSeconds: 60,
  regionField: 'region',
});
