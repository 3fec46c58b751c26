import type { DBCluster } from '@aws-sdk/client-rds';
import { type Decision, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { nameTaken } from './name-taken.ts';
import { isBroken } from './status.ts';
import { instantOf, isOf, tagsOf } from './tags.ts';

export interface Restored {
  readonly cluster: string;
  readonly clusterArn: string;
  readonly restoreRequestedAt: string;
  readonly restoredAt: string;
}

/** What to make of a cluster that stands under the name a restore needs: ours and complete, ours and coming, broken, or not ours. */
export function judgeRestored(
  cluster: DBCluster,
  about: { readonly name: string; readonly executionId: string; readonly observedAt: string },
  /** A restore to an instant is complete only when AWS shows what it could be restored to in turn. */
  needsWindow: boolean,
): Decision<Restored> {
  const { name, executionId, observedAt } = about;
  const tags = tagsOf(cluster);
  if (!isOf(tags, executionId)) return refuse(nameTaken(`cluster ${name}`, executionId, tags));
  const status = cluster.Status ?? 'unknown';
  if (isBroken(status)) {
    return refuse(
      errorShape('DR_RESTORE_FAILED', `cluster ${name} is '${status}', it should have become 'available'`, {
        field: name,
        expected: 'available',
        actual: status,
      }),
    );
  }
  const requestedAt = instantOf(tags, TAG.requestedAt) ?? cluster.ClusterCreateTime?.toISOString() ?? observedAt;
  const restored = {
    cluster: name,
    clusterArn: cluster.DBClusterArn ?? '',
    restoreRequestedAt: requestedAt,
    restoredAt: observedAt,
  };
  if (status !== 'available') {
    const progress = cluster.PercentProgress ? `, ${cluster.PercentProgress} %` : '';
    return wait(`cluster ${name} is ${status}${progress}`, restored);
  }
  if (needsWindow && !(cluster.EarliestRestorableTime && cluster.LatestRestorableTime)) {
    return wait(
      `cluster ${name} is available, but shows no restorable times yet: the restore is not complete`,
      restored,
    );
  }
  return done(restored);
}
