import { clusterArn, clusterId, GLOBAL_CLUSTER, REGIONS, type Region } from '../../topology.ts';
import { QueryFault } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';
import type { XmlObject } from '../query/query-xml.ts';
import { databaseCluster, databaseInstance, globalCluster } from './descriptions.ts';
import { filterOf } from './filters.ts';
import type { GlobalMover } from './global-mover.ts';
import type { GlobalView } from './global-view.ts';
import { globalClusterNotFound, moveRefusal, readMoveRequest } from './move-request.ts';
import { pageOf } from './page.ts';
import { rdsFault } from './rds-faults.ts';
import { ENGINE, instanceArn, instanceId } from './rds-resources.ts';
import type { RegionalEvents } from './regional-events.ts';
import type { ResourceTags } from './resource-tags.ts';

interface RdsOperationsOptions {
  readonly mover: GlobalMover;
  readonly view: () => Promise<GlobalView>;
  readonly events: Readonly<Record<Region, RegionalEvents>>;
  readonly tags: ResourceTags;
}

/** What each API operation does. Clusters and instances are seen in their own region only, the global cluster in both. */
export class RdsOperations {
  readonly #mover: GlobalMover;
  readonly #view: () => Promise<GlobalView>;
  readonly #events: Readonly<Record<Region, RegionalEvents>>;
  readonly #tags: ResourceTags;

  constructor(options: RdsOperationsOptions) {
    this.#mover = options.mover;
    this.#view = options.view;
    this.#events = options.events;
    this.#tags = options.tags;
  }

  async perform(region: Region, operation: string, parameters: QueryParameters): Promise<XmlObject> {
    switch (operation) {
      case 'DescribeGlobalClusters':
        return this.#describeGlobalClusters(parameters);
      case 'DescribeDBClusters':
        return this.#describeClusters(region, parameters);
      case 'DescribeDBInstances':
        return this.#describeInstances(region, parameters);
      case 'FailoverGlobalCluster':
      case 'SwitchoverGlobalCluster':
        return this.#move(operation, region, parameters);
      case 'DescribeEvents':
        return this.#events[region].describe(parameters);
      case 'ListTagsForResource':
        return this.#tags.list(region, parameters);
      case 'AddTagsToResource':
        return this.#tags.add(region, parameters);
      case 'RemoveTagsFromResource':
        return this.#tags.remove(region, parameters);
      default:
        // A real operation that the lab does not offer gets the same answer as one that does not exist.
        throw new QueryFault('InvalidAction', `The action ${operation} is not valid for this web service.`);
    }
  }

  async #move(
    operation: 'FailoverGlobalCluster' | 'SwitchoverGlobalCluster',
    region: Region,
    parameters: QueryParameters,
  ): Promise<XmlObject> {
    const request = readMoveRequest(operation, parameters, region);
    const seen = await this.#view();
    // Another request may have begun a move while this one looked; from here to `begin` nothing waits.
    const refusal = moveRefusal(request, { ...seen, move: this.#mover.move });
    if (refusal) throw refusal;
    this.#mover.begin(seen.writer, request.target, request.unplanned);
    return { GlobalCluster: globalCluster({ ...seen, move: this.#mover.move }, this.#tagsOf) };
  }

  async #describeGlobalClusters(parameters: QueryParameters): Promise<XmlObject> {
    const named = parameters.text('GlobalClusterIdentifier');
    if (named !== undefined && named.toLowerCase() !== GLOBAL_CLUSTER) throw globalClusterNotFound(named);
    const fits = filterOf<string>(parameters, {
      'db-cluster-id': () => REGIONS.flatMap((region) => [clusterArn(region), clusterId(region)]),
      region: () => REGIONS,
    });
    const { items } = pageOf([GLOBAL_CLUSTER].filter(fits), parameters);
    const view = await this.#view();
    return { GlobalClusters: items.map(() => globalCluster(view, this.#tagsOf)) };
  }

  async #describeClusters(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const names = [clusterId(region), clusterArn(region)];
    const named = parameters.text('DBClusterIdentifier');
    if (named !== undefined && !names.includes(named.toLowerCase())) {
      throw rdsFault('DBClusterNotFoundFault', `DBCluster ${named} not found.`);
    }
    const fits = filterOf<Region>(parameters, { 'db-cluster-id': () => names, engine: () => [ENGINE] });
    const { items } = pageOf([region].filter(fits), parameters);
    const view = await this.#view();
    return { DBClusters: items.map((item) => databaseCluster(view, item, this.#tagsOf)) };
  }

  async #describeInstances(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const names = [instanceId(region), instanceArn(region)];
    const view = await this.#view();
    const present = view.members[region].headless ? [] : [region];
    const named = parameters.text('DBInstanceIdentifier');
    if (named !== undefined && (present.length === 0 || !names.includes(named.toLowerCase()))) {
      throw rdsFault('DBInstanceNotFoundFault', `DBInstance ${named} not found.`);
    }
    const fits = filterOf<Region>(parameters, {
      'db-cluster-id': () => [clusterId(region), clusterArn(region)],
      'db-instance-id': () => names,
      engine: () => [ENGINE],
    });
    const { items } = pageOf(present.filter(fits), parameters);
    return { DBInstances: items.map((item) => databaseInstance(view, item, this.#tagsOf)) };
  }

  readonly #tagsOf = (arn: string): readonly XmlObject[] => this.#tags.of(arn);
}
