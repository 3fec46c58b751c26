import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/** A snapshot as later steps need it. */
export const chosenSnapshot = z.object({
  snapshot: z.string(),
  snapshotArn: z.string(),
  /** When its data was current. */
  dataTime: instant,
  encrypted: z.boolean(),
  /** Bytes of the database; `null` when nothing says. */
  sizeBytes: z.int().nonnegative().nullable(),
  /** When the snapshot was asked for, where this execution took it itself: snapshot time counts in the worst case. */
  snapshotSeconds: z.number().nonnegative().nullable(),
});

/**
 * The newest available snapshot of a cluster, automated or manual; of copies, the newest that is not in doubt. Refuses with
 * `DR_SNAPSHOT_MISSING`.
 */
export const chooseSnapshot = defineAction({
  id: 'snapshot.choose',
  title: 'Choose the newest snapshot',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    /** Source cluster of the snapshots looked for. In the recovery region: of the copies. */
    cluster: z.string(),
    /** `snapshot`: one of the cluster itself. `copy`: one that Lifeboat copied here from another region. */
    kind: z.enum(['snapshot', 'copy']),
    /** Only copies that were restored and found whole. */
    validatedOnly: z.boolean(),
  }),
  output: chosenSnapshot.extend({
    /** Copies with newer data that somebody looked into and did not find whole. */
    passedOver: z.array(z.string()),
  }),
  permissions: ['rds:DescribeDBClusterSnapshots', 'sql:Select'],
  timeoutSeconds: 120,
  regionField: 'region',
});
