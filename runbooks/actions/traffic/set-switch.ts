import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Puts the switch object (create-if-absent), so that the inverted health check fails the primary record. Needs only the
 * object store of `region`; an object that is there already counts, whoever put it.
 */
export const setSwitch = defineAction({
  id: 'traffic.setSwitch',
  title: 'Move the public name by the latched switch',
  role: 'traffic',
  effect: 'change',
  drill: 'never',
  input: z.object({
    name: z.string(),
    /** Region whose object store holds the switch. */
    region: z.string(),
    bucket: z.string(),
    key: z.string(),
    /** Region that traffic moves to. */
    toRegion: z.string(),
    /** Address the name shall answer with afterwards. */
    expectedAddress: z.string(),
    /** Written into the object, so that whoever finds it knows why it is there. */
    executionId: z.string(),
  }),
  output: z.object({ expectedAddress: z.string(), etag: z.string(), trafficShiftedAt: instant }),
  permissions: ['s3:HeadObject', 's3:PutObject'],
  timeoutSeconds: 60,
  regionField: 'region',
  targetRegionField: 'toRegion',
});
