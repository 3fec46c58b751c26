import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Commits one probe row through the promoted writer endpoint and reads it back: available is not yet writable.
 * The row's id is made from the execution id, so trying again changes nothing.
 */
export const probeWrite = defineAction({
  id: 'database.probeWrite',
  title: 'Prove that the promoted database takes a write',
  role: 'verify',
  effect: 'change',
  drill: 'never',
  input: z.object({
    region: z.string(),
    endpoint: z.string(),
    epoch: z.int().positive(),
    executionId: z.string(),
  }),
  output: z.object({ writableAt: instant, rowId: z.string() }),
  permissions: ['sql:Insert', 'sql:Select'],
  timeoutSeconds: 120,
  regionField: 'region',
});
