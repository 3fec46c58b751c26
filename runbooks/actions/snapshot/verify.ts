import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { chosenSnapshot } from './choose.ts';

/** Looks whether a copy is what was asked for: available, this key, our tags, the source's size. Refuses with `DR_COPY_NOT_AS_ASKED`. */
export const verifyCopy = defineAction({
  id: 'snapshot.verify',
  title: 'Verify the copy',
  role: 'verify',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    snapshot: z.string(),
    source: chosenSnapshot,
    kmsKey: z.exactOptional(z.string()),
    executionId: z.string(),
  }),
  output: z.object({
    snapshot: z.string(),
    status: z.string(),
    kmsKey: z.string().nullable(),
    allocatedGigabytes: z.number().nonnegative(),
    dataTime: instant,
    verifiedAt: instant,
  }),
  permissions: ['rds:DescribeDBClusterSnapshots'],
  timeoutSeconds: 120,
  regionField: 'region',
});
