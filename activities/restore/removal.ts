import { type Acted, type Call, call, type Decision, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import type { Belongings } from './belongings.ts';
import { wasAccepted } from './execute-patiently.ts';
import type { Standing, StandingCluster } from './standing.ts';
import { isBusy, isGoing } from './status.ts';

/** What an execution's belongings are called in records. */
export const namesOf = ({ clusters, instances }: Pick<Belongings, 'clusters' | 'instances'>): readonly string[] => [
  ...instances.map(({ id }) => `instance/${id}`),
  ...clusters.map(({ id }) => `cluster/${id}`),
];

/** Of the names seen earlier those that stand no more, whatever became of their tags. */
export function goneFrom(standing: Standing, seen: readonly string[]): string[] {
  const there = new Set(namesOf(standing));
  return seen.filter((name) => !there.has(name));
}

/**
 * The next thing to do about belongings that still stand: protection off, instances away, then the cluster, each waited for. Never asks
 * for something twice that was taken, nor for something RDS would refuse as things stand. `null` when nothing is left. Pure.
 */
export function nextRemoval<Output>(
  region: string,
  belongings: Belongings,
  standing: Standing,
  acted: Acted | null,
  predicted: Output,
): Decision<Output> | null {
  if (belongings.clusters.length === 0) return null;
  const own = new Set(belongings.instances.map(({ id }) => id));
  const calls: Call[] = [];
  const waits: string[] = [];
  const ask = (made: Call): void => {
    if (wasAccepted(acted?.results ?? [], made)) waits.push(`${made.operation} of ${made.target} was taken`);
    else calls.push(made);
  };
  for (const cluster of belongings.clusters) {
    const members = standing.instances.filter((instance) => instance.cluster === cluster.id);
    const strangers = members.filter(({ id }) => !own.has(id)).map(({ id }) => id);
    if (strangers.length > 0) return refuse(inTheWay(cluster.id, strangers));
    if (isBusy(cluster.status)) {
      waits.push(`cluster ${cluster.id} is ${cluster.status}`);
      continue;
    }
    if (cluster.protected) ask(unprotect(region, cluster));
    for (const { id, status } of members) {
      if (isBusy(status) || isGoing(status)) waits.push(`instance ${id} is ${status}`);
      else ask(deleteInstance(region, id));
    }
    if (members.length === 0 && !cluster.protected) ask(deleteCluster(region, cluster.id));
  }
  return calls.length > 0
    ? call(calls, `${namesOf(belongings).join(', ')} still there`, predicted)
    : wait(waits.join(', '), predicted);
}

const inTheWay = (cluster: string, strangers: readonly string[]) =>
  errorShape(
    'DR_LEFTOVERS',
    `cluster ${cluster} cannot be deleted: ${strangers.join(', ')} in it was made by somebody else and is left alone`,
    { field: cluster, expected: 'no instances but its own', actual: strangers },
  );

const unprotect = (region: string, { id }: StandingCluster): Call => ({
  service: 'rds',
  operation: 'ModifyDBCluster',
  region,
  target: id,
  input: { DBClusterIdentifier: id, DeletionProtection: false, ApplyImmediately: true },
});

export const deleteInstance = (region: string, id: string): Call => ({
  service: 'rds',
  operation: 'DeleteDBInstance',
  region,
  target: id,
  input: { DBInstanceIdentifier: id, SkipFinalSnapshot: true },
});

export const deleteCluster = (region: string, id: string): Call => ({
  service: 'rds',
  operation: 'DeleteDBCluster',
  region,
  target: id,
  input: { DBClusterIdentifier: id, SkipFinalSnapshot: true, DeleteAutomatedBackups: true },
});
