import type { Region } from '../../topology.ts';
import { QueryFault } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';
import type { XmlObject } from '../query/query-xml.ts';
import { DescribeClusters } from './clusters/describe-clusters.ts';
import { ModifyCluster } from './clusters/modify-cluster.ts';
import type { ControlPlane } from './control-plane.ts';
import type { GlobalMover } from './global-mover.ts';
import { GlobalOperations } from './global-operations.ts';
import { describeSubnetGroups } from './groups/subnet-groups.ts';
import type { RestoredAddresses } from './restored-addresses.ts';

export type Operation = (region: Region, parameters: QueryParameters) => XmlObject | Promise<XmlObject>;
export type Operations = Readonly<Record<string, Operation>>;

/** What each API operation does, by its name, where there are no backups. Most are about the region they are called in. */
export function baseOperations(
  plane: ControlPlane,
  mover: GlobalMover,
  addresses: RestoredAddresses | null,
): Operations {
  const global = new GlobalOperations(plane, mover);
  const describe = new DescribeClusters(plane);
  const modify = new ModifyCluster(plane, addresses);
  const { events, parameterGroups, tags } = plane;
  return {
    DescribeGlobalClusters: (_, parameters) => global.describe(parameters),
    FailoverGlobalCluster: (region, parameters) => global.move('FailoverGlobalCluster', region, parameters),
    SwitchoverGlobalCluster: (region, parameters) => global.move('SwitchoverGlobalCluster', region, parameters),
    DescribeDBClusters: (region, parameters) => describe.clusters(region, parameters),
    DescribeDBInstances: (region, parameters) => describe.instances(region, parameters),
    ModifyDBCluster: (region, parameters) => modify.perform(region, parameters),
    DescribeDBClusterParameterGroups: (region, parameters) => parameterGroups.describe(region, parameters),
    DescribeDBClusterParameters: (region, parameters) => parameterGroups.describeParameters(region, parameters),
    DescribeDBSubnetGroups: describeSubnetGroups,
    DescribeEvents: (region, parameters) => events[region].describe(parameters),
    ListTagsForResource: (region, parameters) => tags.list(region, parameters),
    AddTagsToResource: (region, parameters) => tags.add(region, parameters),
    RemoveTagsFromResource: (region, parameters) => tags.remove(region, parameters),
  };
}

/** A real operation that the lab does not offer gets the same answer as one that does not exist. */
export function operationNamed(operations: Operations, name: string): Operation {
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!found) throw new QueryFault('InvalidAction', `The action ${name} is not valid for this web service.`);
  return found;
}
