import type { DBCluster } from '@aws-sdk/client-rds';
import { restoredClusterOf, setAsideNameOf } from '../../runbooks/actions/restore/naming.ts';
import { isOf, tagsOf } from '../restore/tags.ts';

/** The three names two clusters have in the course of a swap. */
export const swapNamesOf = (cluster: string, executionId: string) => ({
  /** The one the service knows: the damaged cluster's before, the copy's afterwards. */
  own: cluster,
  /** The damaged cluster's afterwards. */
  aside: setAsideNameOf(cluster, executionId),
  /** The copy's before. */
  restored: restoredClusterOf(executionId),
});

/** The copy, by whichever of its two names, and only with the execution's tag. More than one: nobody can say which. Pure. */
export function copiesAmong(
  clusters: readonly DBCluster[],
  cluster: string,
  executionId: string,
): readonly DBCluster[] {
  const { own, restored } = swapNamesOf(cluster, executionId);
  return clusters.filter(
    (found) =>
      isOf(tagsOf(found), executionId) && (found.DBClusterIdentifier === own || found.DBClusterIdentifier === restored),
  );
}
