import { KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import type { Standing, StandingCluster, StandingInstance } from './standing.ts';
import { isOf, type Tags } from './tags.ts';

export interface LeftAlone {
  readonly kind: 'cluster' | 'instance';
  readonly id: string;
  readonly because: string;
}

/** What may be deleted as an execution's own, and what only looks like it. */
export interface Belongings {
  readonly clusters: readonly StandingCluster[];
  readonly instances: readonly StandingInstance[];
  readonly leftAlone: readonly LeftAlone[];
}

/**
 * Tells an execution's own restored things from everything else in a region: id prefix, tag, and no membership of a global cluster. All
 * three, or it is left alone; what has neither prefix nor tag is not even named. Pure.
 */
export function belongingsOf(executionId: string, standing: Standing): Belongings {
  const clusters: StandingCluster[] = [];
  const instances: StandingInstance[] = [];
  const leftAlone: LeftAlone[] = [];
  for (const cluster of standing.clusters) {
    if (!looksLike(executionId, cluster)) continue;
    const missing = missingSigns(executionId, cluster, cluster.globalCluster);
    if (missing.length === 0) clusters.push(cluster);
    else leftAlone.push({ kind: 'cluster', id: cluster.id, because: missing.join('; ') });
  }
  for (const instance of standing.instances) {
    if (!looksLike(executionId, instance)) continue;
    const missing = missingSigns(executionId, instance, null);
    const within = clusters.some(({ id }) => id === instance.cluster);
    if (missing.length === 0 && within) instances.push(instance);
    else {
      const stray = within ? [] : [`its cluster ${instance.cluster ?? 'none'} is not one that ${executionId} restored`];
      leftAlone.push({ kind: 'instance', id: instance.id, because: [...missing, ...stray].join('; ') });
    }
  }
  return { clusters, instances, leftAlone };
}

interface Named {
  readonly id: string;
  readonly tags: Tags;
}

const hasPrefix = (executionId: string, { id }: Named): boolean => id.startsWith(`${executionId}-`);
const looksLike = (executionId: string, thing: Named): boolean =>
  hasPrefix(executionId, thing) || isOf(thing.tags, executionId);

function missingSigns(executionId: string, thing: Named, globalCluster: string | null): readonly string[] {
  const kind = thing.tags[TAG.kind];
  return [
    ...(hasPrefix(executionId, thing) ? [] : [`its name does not begin with ${executionId}-`]),
    ...(isOf(thing.tags, executionId) ? [] : [`it has no tag ${TAG.execution} = ${executionId}`]),
    ...(kind === KIND.restore ? [] : [`its tag ${TAG.kind} is ${kind ?? 'missing'}, not ${KIND.restore}`]),
    ...(globalCluster === null ? [] : [`it is a member of ${globalCluster}`]),
  ];
}
