import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { discardRestored as contract } from '../../runbooks/actions/recovery/discard-restored.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import { executePatiently } from '../restore/execute-patiently.ts';
import { nextRemoval } from '../restore/removal.ts';
import { seeStanding } from '../restore/standing.ts';
import { isOf } from '../restore/tags.ts';

export const discardRestored = implement(contract, {
  observe: (clients, { region }) => seeStanding(clients, region),
  decide({ region, cluster, executionId }, standing, acted, { observedAt }) {
    const output = { discarded: acted !== null, discardedAt: observedAt };
    const found = standing.clusters.find(({ id }) => id === cluster);
    if (!found || !isOf(found.tags, executionId)) return done(output);
    const adopted = found.tags[TAG.adoptedAt];
    if (adopted !== undefined || found.globalCluster !== null) {
      return refuse(
        errorShape(
          'DR_LEFTOVERS',
          adopted === undefined
            ? `${cluster} is a member of ${found.globalCluster}: it is left alone`
            : `${cluster} is the service’s own since ${adopted}: it is left alone`,
          { field: cluster, expected: 'a restored database that nobody uses', actual: adopted ?? found.globalCluster },
        ),
      );
    }
    const instances = standing.instances.filter(
      (instance) => instance.cluster === cluster && isOf(instance.tags, executionId),
    );
    const belongings = { clusters: [found], instances, leftAlone: [] };
    return nextRemoval(region, belongings, standing, acted, { ...output, discarded: true }) ?? done(output);
  },
  act: async (clients, calls, { signal }) =>
    (await executePatiently(clients, calls, signal)).map(({ call, accepted }) => ({ call, accepted })),
});
