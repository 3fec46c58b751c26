import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/**
 * Looks that nothing stands under the name the restored database will take, so that its endpoint is the one pods know. Refuses with
 * `DR_NAME_TAKEN` when something does: a standby, for which there is a faster way, or what an earlier execution restored.
 */
export const checkVacancy = defineAction({
  id: 'recovery.check-vacancy',
  title: 'Check that the database’s name is free',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string(), cluster: z.string(), executionId: z.string() }),
  output: z.object({ cluster: z.string(), vacant: z.boolean() }),
  permissions: ['rds:DescribeDBClusters'],
  timeoutSeconds: 20,
  regionField: 'region',
});
