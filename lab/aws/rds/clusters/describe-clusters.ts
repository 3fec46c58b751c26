import type { Region } from '../../../topology.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import type { ControlPlane } from '../control-plane.ts';
import { databaseCluster, databaseInstance } from '../descriptions.ts';
import { filterOf } from '../filters.ts';
import { arnOf } from '../identifiers.ts';
import { pageOf } from '../page.ts';
import { rdsFault } from '../rds-faults.ts';
import { ENGINE, instanceArn, instanceId } from '../rds-resources.ts';
import { restoredCluster, restoredInstance } from './restored-descriptions.ts';

/** Something described, with what it is found by. */
interface Described {
  readonly names: readonly string[];
  readonly clusterNames: readonly string[];
  readonly xml: XmlObject;
}

/** A region's clusters and instances: its member of the global cluster first, then what was restored. */
export class DescribeClusters {
  readonly #plane: ControlPlane;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
  }

  /** `DescribeDBClusters`. */
  async clusters(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const all = await this.#clustersIn(region);
    const named = parameters.text('DBClusterIdentifier');
    const found = named === undefined ? all : all.filter(({ names }) => names.includes(named.toLowerCase()));
    if (named !== undefined && found.length === 0) {
      throw rdsFault('DBClusterNotFoundFault', `DBCluster ${named} not found.`);
    }
    const fits = filterOf<Described>(parameters, { 'db-cluster-id': ({ names }) => names, engine: () => [ENGINE] });
    const { items, marker } = pageOf(found.filter(fits), parameters);
    return { Marker: marker, DBClusters: items.map(({ xml }) => xml) };
  }

  /** `DescribeDBInstances`. */
  async instances(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const all = await this.#instancesIn(region);
    const named = parameters.text('DBInstanceIdentifier');
    const found = named === undefined ? all : all.filter(({ names }) => names.includes(named.toLowerCase()));
    if (named !== undefined && found.length === 0) {
      throw rdsFault('DBInstanceNotFoundFault', `DBInstance ${named} not found.`);
    }
    const fits = filterOf<Described>(parameters, {
      'db-cluster-id': ({ clusterNames }) => clusterNames,
      'db-instance-id': ({ names }) => names,
      engine: () => [ENGINE],
    });
    const { items, marker } = pageOf(found.filter(fits), parameters);
    return { Marker: marker, DBInstances: items.map(({ xml }) => xml) };
  }

  async #clustersIn(region: Region): Promise<readonly Described[]> {
    const { members, restored, view, tagsOf } = this.#plane;
    const seen = await view();
    const own = members.isPresent(region) ? [[members.id(region), members.arn(region)]] : [];
    return [
      ...own.map((names) => ({ names, clusterNames: names, xml: databaseCluster(seen, region, tagsOf) })),
      ...restored.in(region).map((cluster) => {
        const names = [cluster.id, cluster.arn];
        return { names, clusterNames: names, xml: restoredCluster(cluster, tagsOf) };
      }),
    ];
  }

  async #instancesIn(region: Region): Promise<readonly Described[]> {
    const { members, restored, view, tagsOf, isLost } = this.#plane;
    const seen = await view();
    const own: readonly Described[] =
      members.isPresent(region) && !seen.members[region].headless
        ? [
            {
              names: [instanceId(region), instanceArn(region)],
              clusterNames: [members.id(region), members.arn(region)],
              xml: databaseInstance(seen, region, tagsOf),
            },
          ]
        : [];
    const others = restored.in(region).flatMap((cluster): readonly Described[] => {
      const { instance } = cluster;
      if (!instance) return [];
      return [
        {
          names: [instance.id, arnOf(region, 'db', instance.id)],
          clusterNames: [cluster.id, cluster.arn],
          xml: restoredInstance(cluster, instance, isLost(region), tagsOf),
        },
      ];
    });
    return [...own, ...others];
  }
}
