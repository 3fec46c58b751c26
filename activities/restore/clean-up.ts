import { done, wait } from '../../domain/action.ts';
import { cleanUp as contract } from '../../runbooks/actions/restore/clean-up.ts';
import { restoredClusterOf, restoredInstanceOf } from '../../runbooks/actions/restore/naming.ts';
import type { AttemptContext } from '../attempt/implement.ts';
import { implement } from '../attempt/implement.ts';
import { belongingsOf } from './belongings.ts';
import { executePatiently } from './execute-patiently.ts';
import { deleteCluster, deleteInstance, goneFrom, namesOf, nextRemoval } from './removal.ts';
import { SeenBelongings } from './seen-belongings.ts';
import { seeStanding } from './standing.ts';

const seenBelongings = new SeenBelongings<AttemptContext>();

export const cleanUp = implement(contract, {
  async observe(clients, { region, executionId }, context) {
    const standing = await seeStanding(clients, region);
    return { standing, seen: seenBelongings.add(context, namesOf(belongingsOf(executionId, standing))) };
  },
  decide({ region, executionId }, { standing, seen }, acted, { mode, observedAt }) {
    const belongings = belongingsOf(executionId, standing);
    const output = {
      removed: [...seen],
      leftAlone: [...belongings.leftAlone],
      remaining: [],
      looked: standing.clusters.length + standing.instances.length,
      cleanedUpAt: observedAt,
    };
    const next = nextRemoval(region, belongings, standing, acted, output);
    if (next) return next;
    if (mode !== 'dry_run') return done({ ...output, removed: goneFrom(standing, seen) });
    const names = { cluster: restoredClusterOf(executionId), instance: restoredInstanceOf(executionId) };
    return wait('removes what will have been restored by then', output, [
      deleteInstance(region, names.instance),
      deleteCluster(region, names.cluster),
    ]);
  },
  act: (clients, calls, { signal }) => executePatiently(clients, calls, signal),
});
