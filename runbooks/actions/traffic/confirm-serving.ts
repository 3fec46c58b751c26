import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Waits until the public name answers with the expected address and the watch's canaries are served from the region, held
 * for `holdSeconds` without a miss: a lucky one does not count.
 */
export const confirmServing = defineAction({
  id: 'traffic.confirmServing',
  title: 'Wait until customers are served, and keep being served',
  role: 'verify',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    service: z.string(),
    region: z.string(),
    name: z.string(),
    expectedAddress: z.string(),
    /** Samples from before this do not count. */
    since: instant,
    holdSeconds: z.number().positive(),
  }),
  output: z.object({
    /** Start of the first success that held. */
    servingAt: instant,
    servedBy: z.string(),
  }),
  permissions: ['dns:Resolve', 'watch:ReadSamples'],
  timeoutSeconds: 900,
  regionField: 'region',
});
