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
    if (!seen.cluster) {
      return mode === 'dry_run'
        ? wait(
            'the cluster will be restored by then',
            kept,
            names.map((name) => keeping(region, name, name)),
          )
        : refuse(notThere(cluster, region));
    }
    const tags = tagsOf(seen.cluster);
    if (!isOf(tags, executionId)) return refuse(nameTaken(`cluster ${cluster}`, executionId, tags));
    const open = [
      ...(isKept(seen.cluster) ? [] : [keeping(region, cluster, seen.cluster.DBClusterArn ?? cluster)]),
      ...(seen.instance && !isKept(seen.instance)
        ? [keeping(region, names[1], seen.instance.DBInstanceArn ?? names[1])]
        : []),
    ];
    if (open.length === 0) return done(kept);
    return acted ? wait('its tags are not to be seen yet', kept) : call(open, 'a clean-up would remove it', kept);
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
