import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/** Undo of `traffic.setSwitch`: removes the object, unless the switch stood on `recovery` before. */
export const restoreSwitch = defineAction({
  id: 'traffic.restoreSwitch',
  title: 'Put the switch back as it stood',
  role: 'traffic',
  effect: 'change',
  drill: 'never',
  input: z.object({
    region: z.string(),
    bucket: z.string(),
    key: z.string(),
    /** As `dns.checkSwitch` found it. */
    state: z.enum(['protected', 'recovery']),
  }),
  output: z.object({ state: z.enum(['protected', 'recovery']) }),
  permissions: ['s3:HeadObject', 's3:DeleteObject'],
  timeoutSeconds: 60,
  regionField: 'region',
});
