import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/** Tells people through every webhook of the service. One that does not take it is named; none at all is `DR_NOTIFY_FAILED`. */
export const notifyPeople = defineAction({
  id: 'people.notify',
  title: 'Tell people',
  role: 'notify',
  effect: 'change',
  drill: 'safe',
  input: z.object({
    text: z.string(),
    phase: z.enum(['started', 'ended']),
    executionId: z.string(),
    /** Figures to go with the text. */
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
  output: z.object({ taken: z.array(z.string()), notTaken: z.array(z.string()), notifiedAt: instant }),
  permissions: ['webhook:Post'],
  timeoutSeconds: 15,
});
