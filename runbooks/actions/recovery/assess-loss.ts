import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/** Says how much is lost when the service goes on with a copy: everything written since its data was current. Never refuses: it warns. */
export const assessLoss = defineAction({
  id: 'recovery.assess-loss',
  title: 'Say how much is lost with this copy',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    service: z.string(),
    /** When the copy's data was current. */
    dataTime: instant,
    rpoSeconds: z.number().positive(),
  }),
  output: z.object({
    dataTime: instant,
    /** From then until the last booking that the watch saw succeed; until now when it saw none. */
    lossSeconds: z.number().nonnegative(),
    countedTo: instant,
    meetsRpo: z.boolean(),
    /** Sentences for whoever decides. */
    warnings: z.array(z.string()),
  }),
  permissions: ['watch:ReadSamples'],
  timeoutSeconds: 15,
});
