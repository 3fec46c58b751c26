import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { chosenSnapshot } from './choose.ts';

/** Takes a manual snapshot now, for instance before a schema migration. Done when it is available. Refuses with `DR_SNAPSHOT_FAILED`. */
export const takeSnapshot = defineAction({
  id: 'snapshot.take',
  title: 'Take a snapshot now',
  role: 'copy',
  effect: 'change',
  drill: 'own',
  input: z.object({ region: z.string(), cluster: z.string(), executionId: z.string() }),
  output: chosenSnapshot,
  permissions: ['rds:CreateDBClusterSnapshot', 'rds:AddTagsToResource', 'rds:DescribeDBClusterSnapshots', 'sql:Select'],
  timeoutSeconds: 7_200,
  regionField: 'region',
});
