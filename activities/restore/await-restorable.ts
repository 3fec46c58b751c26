import type { DBCluster } from '@aws-sdk/client-rds';
import { type Decision, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { awaitRestorable as contract } from '../../runbooks/actions/restore/await-restorable.ts';
import type { AttemptContext } from '../attempt/implement.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster } from './look-up.ts';
import { restorableInstant } from './restorable-instant.ts';

interface FirstLook {
  readonly at: string;
  readonly latest: string;
}

/** The first window an attempt saw: what was restorable before anybody waited is a fact of its own. */
const firstLooks = new WeakMap<AttemptContext, FirstLook>();

export const awaitRestorable = implement(contract, {
  async observe(clients, { region, cluster }, context) {
    const at = new Date().toISOString();
    const found = await findCluster(clients, region, cluster);
    const latest = found?.LatestRestorableTime?.toISOString();
    const firstLook = firstLooks.get(context) ?? (latest === undefined ? null : { at, latest });
    if (firstLook) firstLooks.set(context, firstLook);
    return { cluster: found, firstLook };
  },
  decide(input, seen: { cluster: DBCluster | null; firstLook: FirstLook | null }): Decision<Restorable> {
    const { cluster, firstLook } = seen;
    const restoreTo = restorableInstant(input.restoreTo);
    if (restoreTo === null) {
      return refuse(
        errorShape('DR_INPUT_INVALID', `restoreTo is '${input.restoreTo}', expected an instant in ISO 8601`, {
          field: 'restoreTo',
          actual: input.restoreTo,
        }),
      );
    }
    if (!cluster || cluster.BackupRetentionPeriod === 0) {
      const what = cluster ? 'keeps no backups' : `is not in ${input.region}`;
      return refuse(
        errorShape('DR_BACKUPS_OFF', `cluster ${input.cluster} ${what}: nothing of it can be restored`, {
          field: input.cluster,
          expected: 'a backup retention of at least 1 day',
          actual: cluster?.BackupRetentionPeriod ?? null,
        }),
      );
    }
    const earliestAt = cluster.EarliestRestorableTime?.toISOString();
    const latestAt = cluster.LatestRestorableTime?.toISOString();
    if (earliestAt === undefined || latestAt === undefined || !firstLook) {
      return wait(`cluster ${input.cluster} shows no restorable times yet: no backup of it is complete`);
    }
    if (restoreTo < earliestAt) {
      return refuse(
        errorShape(
          'DR_RESTORE_OUTSIDE_WINDOW',
          `${input.cluster} cannot be restored to ${restoreTo}: the window goes from ${earliestAt} to ${latestAt}`,
          { field: 'restoreTo', expected: `${earliestAt} to ${latestAt}`, actual: restoreTo },
        ),
      );
    }
    const output = {
      restoreTo,
      earliestAt,
      latestAt,
      firstLookAt: firstLook.at,
      latestAtFirstLook: firstLook.latest,
    };
    // AWS takes only instants before the latest one.
    if (restoreTo < latestAt) return done(output);
    const behind = ((Date.parse(restoreTo) - Date.parse(latestAt)) / 1_000).toFixed(1);
    return wait(`restorable up to ${latestAt}, ${behind} s before what is wanted`, output);
  },
});

interface Restorable {
  readonly restoreTo: string;
  readonly earliestAt: string;
  readonly latestAt: string;
  readonly firstLookAt: string;
  readonly latestAtFirstLook: string;
}
