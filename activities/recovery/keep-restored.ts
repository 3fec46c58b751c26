import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { keepRestored as contract } from '../../runbooks/actions/recovery/keep-restored.ts';
import { KIND, restoredInstanceOf, TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster, findInstance } from '../restore/look-up.ts';
import { nameTaken } from '../restore/name-taken.ts';
import { isOf, tagsOf } from '../restore/tags.ts';
import { notThere } from './not-there.ts';

export const keepRestored = implement(contract, {
  async observe(clients, { region, cluster, executionId }) {
    const [found, instance] = await Promise.all([
      findCluster(clients, region, cluster),
      findInstance(clients, region, restoredInstanceOf(executionId)),
    ]);
    return { cluster: found, instance };
  },
  decide({ region, cluster, executionId }, seen, acted, { mode, observedAt }) {
    const kept = { cluster, endpoint: seen.cluster?.Endpoint ?? '', keptAt: observedAt };
    const names = [cluster, restoredInstanceOf(executionId)] as const;
    const tags = seen.cluster ? tagsOf(seen.cluster) : {};
    // What stands under the name in a dry run may be what the restored one is to replace.
    if (mode === 'dry_run' && !isOf(tags, executionId)) {
      const calls = [...names.map((name) => keeping(region, name, name)), protecting(region, cluster)];
      return wait('the cluster will be restored by then', kept, calls);
    }
    if (!seen.cluster) return refuse(notThere(cluster, region));
    if (!isOf(tags, executionId)) return refuse(nameTaken(`cluster ${cluster}`, executionId, tags));
    const open = [
      ...(isKept(seen.cluster) ? [] : [keeping(region, cluster, seen.cluster.DBClusterArn ?? cluster)]),
      ...(seen.instance && !isKept(seen.instance)
        ? [keeping(region, names[1], seen.instance.DBInstanceArn ?? names[1])]
        : []),
      ...(seen.cluster.DeletionProtection ? [] : [protecting(region, cluster)]),
    ];
    if (open.length === 0) return done(kept);
    return acted
      ? wait('its tags or its protection are not to be seen yet', kept)
      : call(open, 'a clean-up would remove it', kept);
  },
});

const isKept = (thing: DBCluster | DBInstance): boolean => tagsOf(thing)[TAG.kind] === KIND.keep;

const keeping = (region: string, name: string, arn: string): Call => ({
  service: 'rds',
  operation: 'AddTagsToResource',
  region,
  target: name,
  input: { ResourceName: arn, Tags: [{ Key: TAG.kind, Value: KIND.keep }] },
});

const protecting = (region: string, cluster: string): Call => ({
  service: 'rds',
  operation: 'ModifyDBCluster',
  region,
  target: cluster,
  input: { DBClusterIdentifier: cluster, DeletionProtection: true, ApplyImmediately: true },
});
