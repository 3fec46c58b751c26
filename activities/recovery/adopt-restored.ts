import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { adoptRestored as contract } from '../../runbooks/actions/recovery/adopt-restored.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster } from '../restore/look-up.ts';
import { nameTaken } from '../restore/name-taken.ts';
import { instantOf, isOf, tagsOf } from '../restore/tags.ts';
import { notThere } from './not-there.ts';

export const adoptRestored = implement(contract, {
  observe: (clients, { region, cluster }) => findCluster(clients, region, cluster),
  decide({ region, cluster, executionId }, found, acted, { mode, observedAt }) {
    const output = { cluster, adoptedAt: observedAt };
    const tags = found ? tagsOf(found) : {};
    // What stands under the name in a dry run may be what the restored one is to replace.
    if (mode === 'dry_run' && !isOf(tags, executionId)) {
      return wait('the cluster will be restored by then', output, [adopting(region, cluster, cluster, observedAt)]);
    }
    if (!found) return refuse(notThere(cluster, region));
    if (!isOf(tags, executionId)) return refuse(nameTaken(`cluster ${cluster}`, executionId, tags));
    const adoptedAt = instantOf(tags, TAG.adoptedAt);
    if (adoptedAt) return done({ cluster, adoptedAt });
    if (acted) return wait('its tag is not to be seen yet', output);
    const arn = found.DBClusterArn ?? cluster;
    return call([adopting(region, cluster, arn, observedAt)], 'customers will write to it next', output);
  },
});

const adopting = (region: string, cluster: string, arn: string, at: string): Call => ({
  service: 'rds',
  operation: 'AddTagsToResource',
  region,
  target: cluster,
  input: { ResourceName: arn, Tags: [{ Key: TAG.adoptedAt, Value: at }] },
});
