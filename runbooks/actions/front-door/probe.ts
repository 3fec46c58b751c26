import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/**
 * Asks a region's front door at its own address, with the public name as Host, so that traffic is not the first test of it.
 * Succeeds only when it answered 200. `refuse` gives one look and `DR_FRONT_DOOR_NOT_READY`; `wait` keeps asking until it
 * answers or the attempt's time is over.
 */
export const probeFrontDoor = defineAction({
  id: 'frontDoor.probe',
  title: 'Ask the front door at its own address',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  proves: ['front_door_answers'],
  input: z.object({
    region: z.string(),
    /** Public name, sent as Host. */
    name: z.string(),
    address: z.string(),
    port: z.int().positive(),
    path: z.string(),
    whenNotReady: z.enum(['refuse', 'wait']),
  }),
  output: z.object({
    ready: z.boolean(),
    status: z.int(),
    /** The pinned address that answered. */
    address: z.string(),
  }),
  permissions: ['http:Get'],
  timeoutSeconds: 30,
  regionField: 'region',
});
