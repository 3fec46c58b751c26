import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { chosenSnapshot } from './choose.ts';

/**
 * Copies a snapshot into another region, under that region's key. A copy that stays at 0 % is queued behind others, and says so. One
 * that fails is tried once more under a new name, and removed once the second is there. Refuses with `DR_COPY_FAILED` saying why, `DR_KEY_UNUSABLE`.
 */
export const copySnapshot = defineAction({
  id: 'snapshot.copy',
  title: 'Copy the snapshot to the other region',
  role: 'copy',
  effect: 'change',
  drill: 'own',
  input: z.object({
    /** Destination: the call goes there. */
    region: z.string(),
    source: chosenSnapshot,
    /** Key of the destination region; absent where storage is not encrypted. */
    kmsKey: z.exactOptional(z.string()),
    executionId: z.string(),
  }),
  output: z.object({
    snapshot: z.string(),
    snapshotArn: z.string(),
    attempts: z.int().positive(),
    copyRequestedAt: instant,
    copiedAt: instant,
    copySeconds: z.number().nonnegative(),
    /** Why the first try failed; `null` when it did not. */
    firstFailure: z.string().nullable(),
  }),
  permissions: [
    'rds:CopyDBClusterSnapshot',
    'rds:AddTagsToResource',
    'rds:DescribeDBClusterSnapshots',
    'rds:DescribeEvents',
    'rds:DeleteDBClusterSnapshot',
    'kms:DescribeKey',
  ],
  timeoutSeconds: 43_200,
  regionField: 'region',
});
