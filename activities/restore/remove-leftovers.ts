import { done } from '../../domain/action.ts';
import { KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import { removeLeftovers as contract } from '../../runbooks/actions/restore/remove-leftovers.ts';
import type { AttemptContext } from '../attempt/implement.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients, ExecutionLife } from '../clients/clients.ts';
import { type Belongings, belongingsOf } from './belongings.ts';
import { executePatiently } from './execute-patiently.ts';
import { goneFrom, namesOf, nextRemoval } from './removal.ts';
import { SeenBelongings } from './seen-belongings.ts';
import { type Standing, seeStanding } from './standing.ts';

const seenBelongings = new SeenBelongings<AttemptContext>();

export type Lives = Readonly<Record<string, ExecutionLife>>;

export const removeLeftovers = implement(contract, {
  async observe(clients, { region, executionId }, context) {
    const standing = await seeStanding(clients, region);
    const lives = await livesOf(clients, othersIn(standing, executionId));
    return { standing, lives, seen: seenBelongings.add(context, namesOf(leftoversIn(standing, lives))) };
  },
  decide({ region }, { standing, lives, seen }, acted, { observedAt }) {
    const leftovers = leftoversIn(standing, lives);
    const output = {
      removed: [...seen],
      leftAlone: [...leftovers.leftAlone],
      leftoversRemovedAt: observedAt,
    };
    return (
      nextRemoval(region, leftovers, standing, acted, output) ?? done({ ...output, removed: goneFrom(standing, seen) })
    );
  },
  act: (clients, calls, { signal }) => executePatiently(clients, calls, signal),
});

/** Executions other than this one whose restored things stand here. What is kept or copied is nobody's leftover. */
function othersIn({ clusters, instances }: Standing, executionId: string): readonly string[] {
  const tagged = [...clusters, ...instances]
    .filter(({ tags }) => tags[TAG.kind] === KIND.restore)
    .flatMap(({ tags }) => tags[TAG.execution] ?? []);
  return [...new Set(tagged)].filter((id) => id !== executionId).sort();
}

async function livesOf(clients: Clients, executions: readonly string[]): Promise<Lives> {
  const lives = await Promise.all(executions.map(async (id) => [id, await clients.executionLife(id)] as const));
  return Object.fromEntries(lives);
}

/** Belongings of executions that have ended. Those of others are named with the reason why they stay. */
function leftoversIn(standing: Standing, lives: Lives): Belongings {
  const each = Object.entries(lives).map(([id, life]): Belongings => {
    const { clusters, instances, leftAlone } = belongingsOf(id, standing);
    if (life === 'ended') return { clusters, instances, leftAlone };
    const because = life === 'running' ? `${id} still runs` : `nobody knows ${id}`;
    return {
      clusters: [],
      instances: [],
      leftAlone: [
        ...clusters.map((cluster) => ({ kind: 'cluster' as const, id: cluster.id, because })),
        ...instances.map((instance) => ({ kind: 'instance' as const, id: instance.id, because })),
        ...leftAlone,
      ],
    };
  });
  return {
    clusters: each.flatMap(({ clusters }) => clusters),
    instances: each.flatMap(({ instances }) => instances),
    leftAlone: each.flatMap(({ leftAlone }) => leftAlone),
  };
}
