import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { actualSchema, measuredRestore } from '../measure/actual-schema.ts';

/**
 * Computes how long customers were without the service while its database was swapped, and which canaries are lost with everything else
 * that was written since the instant restored to. How long the service had worked on damaged data nobody can tell: it is not in the
 * RTO, and the method says so.
 */
export const measureSwap = defineAction({
  id: 'recovery.measure-swap',
  title: 'Measure the swap',
  role: 'measure',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    service: z.string(),
    region: z.string(),
    restoredTo: instant,
    /** When the writers were stopped: no interruption that had ended by then is the swap's. */
    stoppedAt: instant,
    servingAt: instant,
    /** What restoring the copy took: goes into the same record. */
    restore: measuredRestore.optional(),
  }),
  output: actualSchema,
  permissions: ['watch:ReadSamples', 'sql:Select'],
  timeoutSeconds: 60,
  regionField: 'region',
});
