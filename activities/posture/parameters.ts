import { type Parameter, paginateDescribeDBClusterParameters } from '@aws-sdk/client-rds';
import { done } from '../../domain/action.ts';
import type { ClusterPlace } from '../../runbooks/actions/posture/cluster-places.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { postureParameters } from '../../runbooks/actions/posture/parameters.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import type { Heard } from '../clients/heard.ts';
import { findCluster } from '../restore/look-up.ts';
import { type Check, fine, found, unknown } from './check.ts';
import { look } from './look.ts';

/** A region's parameter group, with every parameter of it. */
interface SeenGroup {
  readonly region: string;
  readonly group: string;
  readonly parameters: readonly Parameter[];
}

const EQUAL: Check = {
  id: 'parameters:equal',
  about: 'whether both regions run with the same database parameters',
  severity: 'warning',
  why: 'Parameter groups do not travel: what was tuned in one region meets the load of the other with other limits.',
  remedy: 'Set the same values in both groups, or let one piece of infrastructure code make both.',
};

export const parameters = implement(postureParameters, {
  observe: (clients, { clusters }) =>
    Promise.all(clusters.map((place) => look(`RDS in ${place.region}`, readGroup(clients, place)))),
  decide: (_input, groups, _acted, { observedAt }) => done({ findings: [judge(groups)], lookedAt: observedAt }),
});

async function readGroup(clients: Clients, { region, cluster }: ClusterPlace): Promise<SeenGroup> {
  const group = (await findCluster(clients, region, cluster))?.DBClusterParameterGroup;
  if (!group) throw new Error(`no cluster ${cluster} in ${region} names its parameter group`);
  const pages = paginateDescribeDBClusterParameters(
    { client: clients.rds(region) },
    { DBClusterParameterGroupName: group },
  );
  const parameters: Parameter[] = [];
  for await (const page of pages) parameters.push(...(page.Parameters ?? []));
  return { region, group, parameters };
}

function judge(groups: readonly Heard<SeenGroup>[]): Finding {
  const silent = groups.filter((group) => !group.answered);
  if (silent.length > 0) return unknown(EQUAL, silent.map(({ because }) => because).join('; '));
  const [one, other] = groups.flatMap((group) => (group.answered ? [group.value] : []));
  if (!one || !other) return unknown(EQUAL, 'there are not two regions to compare');
  const differences = differing(one, other);
  if (differences.length > 0) return found(EQUAL, differences.join('; '));
  return fine(EQUAL, `${one.group} and ${other.group} are set alike`);
}

/** Parameters that people set in either region and that have not one value in both. What nobody set is AWS's business. */
function differing(one: SeenGroup, other: SeenGroup): readonly string[] {
  const set = new Set([...setByPeople(one), ...setByPeople(other)]);
  return [...set].sort().flatMap((name) => {
    const [left, right] = [settingOf(one, name), settingOf(other, name)];
    return left === right ? [] : [`${name} is ${left} in ${one.region} and ${right} in ${other.region}`];
  });
}

const setByPeople = ({ parameters: all }: SeenGroup): readonly string[] =>
  all.filter(({ Source }) => Source === 'user').flatMap(({ ParameterName }) => ParameterName ?? []);

const settingOf = ({ parameters: all }: SeenGroup, name: string): string =>
  all.find(({ ParameterName }) => ParameterName === name)?.ParameterValue ?? 'at its default';
