import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { actualSchema } from './actual-schema.ts';

/**
 * Computes how long a restore took and how close it came: requested until validated, instant asked for against the newest canary
 * found. No service was down for it, so RTO and RPO of the service stay `null`, with that reason.
 */
export const measureRestore = defineAction({
  id: 'measure.restore',
  title: 'Measure the restore',
  role: 'measure',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    restoreRequestedAt: instant,
    validatedAt: instant,
    restoredTo: instant,
    /** When the restorable window was first read, and its newest end then; `null` for a restore from a copy. */
    firstLookAt: instant.nullable(),
    latestAtFirstLook: instant.nullable(),
    newestCanaryAt: instant.nullable(),
    sizeBytes: z.int().nonnegative().nullable(),
  }),
  output: actualSchema,
  permissions: [],
  timeoutSeconds: 30,
});
