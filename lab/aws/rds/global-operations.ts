import { GLOBAL_CLUSTER, type Region } from '../../topology.ts';
import type { QueryParameters } from '../query/query-parameters.ts';
import type { XmlObject } from '../query/query-xml.ts';
import type { ControlPlane } from './control-plane.ts';
import { globalCluster } from './descriptions.ts';
import { filterOf } from './filters.ts';
import type { GlobalMover } from './global-mover.ts';
import { globalClusterNotFound, moveRefusal, readMoveRequest } from './move-request.ts';
import { pageOf } from './page.ts';

/** What concerns the global cluster: the same from both regions. */
export class GlobalOperations {
  readonly #plane: ControlPlane;
  readonly #mover: GlobalMover;

  constructor(plane: ControlPlane, mover: GlobalMover) {
    this.#plane = plane;
    this.#mover = mover;
  }

  async describe(parameters: QueryParameters): Promise<XmlObject> {
    const { members, view, tagsOf } = this.#plane;
    const named = parameters.text('GlobalClusterIdentifier');
    if (named !== undefined && named.toLowerCase() !== GLOBAL_CLUSTER) throw globalClusterNotFound(named);
    const fits = filterOf<string>(parameters, {
      'db-cluster-id': () => members.regions.flatMap((region) => [members.arn(region), members.id(region)]),
      region: () => members.regions,
    });
    const { items } = pageOf([GLOBAL_CLUSTER].filter(fits), parameters);
    const seen = await view();
    return { GlobalClusters: items.map(() => globalCluster(seen, tagsOf)) };
  }

  async move(
    operation: 'FailoverGlobalCluster' | 'SwitchoverGlobalCluster',
    region: Region,
    parameters: QueryParameters,
  ): Promise<XmlObject> {
    const { members, view, tagsOf } = this.#plane;
    const request = readMoveRequest(operation, parameters, region, (arn) => members.regionOf(arn));
    const seen = await view();
    // Another request may have begun a move while this one looked; from here to `begin` nothing waits.
    const refusal = moveRefusal(request, { ...seen, move: this.#mover.move });
    if (refusal) throw refusal;
    this.#mover.begin(seen.writer, request.target, request.unplanned);
    return { GlobalCluster: globalCluster({ ...seen, move: this.#mover.move }, tagsOf) };
  }
}
