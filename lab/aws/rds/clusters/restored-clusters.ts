import type { Region } from '../../../topology.ts';
import { identifierIn } from '../identifiers.ts';
import { instanceId } from '../rds-resources.ts';
import type { MemberClusters } from './member-clusters.ts';
import type { RestoredCluster } from './restored-cluster.ts';

/** Every cluster that a restore made and nobody has deleted, by region. Names are unique in a region, members' included. */
export class RestoredClusters {
  readonly #members: MemberClusters;
  readonly #clusters = new Set<RestoredCluster>();

  constructor(members: MemberClusters) {
    this.#members = members;
  }

  all(): readonly RestoredCluster[] {
    return [...this.#clusters];
  }

  in(region: Region): readonly RestoredCluster[] {
    return this.all().filter((cluster) => cluster.region === region);
  }

  /** By identifier or ARN. */
  find(region: Region, named: string): RestoredCluster | undefined {
    const id = identifierIn(region, 'cluster', named);
    return this.in(region).find((cluster) => cluster.id === id);
  }

  isTaken(region: Region, id: string): boolean {
    return this.#members.isNamed(region, id) || this.find(region, id) !== undefined;
  }

  ofInstance(region: Region, named: string): RestoredCluster | undefined {
    const id = identifierIn(region, 'db', named);
    return this.in(region).find((cluster) => cluster.instance?.id === id);
  }

  isInstanceTaken(region: Region, id: string): boolean {
    const isMembers = this.#members.isPresent(region) && id === instanceId(region);
    return isMembers || this.ofInstance(region, id) !== undefined;
  }

  add(cluster: RestoredCluster): void {
    this.#clusters.add(cluster);
  }

  remove(cluster: RestoredCluster): void {
    this.#clusters.delete(cluster);
  }
}
