import { REGIONS, type Region } from '../../../topology.ts';
import { invalidCombination, invalidValue } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { filterOf } from '../filters.ts';
import { arnOf, identifierIn } from '../identifiers.ts';
import { pageOf } from '../page.ts';
import { rdsFault } from '../rds-faults.ts';
import { ENGINE } from '../rds-resources.ts';
import { type ClusterSnapshot, shownSnapshot } from './cluster-snapshot.ts';

/** The account's quota of manual snapshots in a region; copies count. */
const MANUAL_QUOTA = 100;
const TYPES = ['automated', 'manual', 'shared', 'public', 'awsbackup'];

/** Every cluster snapshot there is, by region. */
export class ClusterSnapshots {
  readonly #snapshots = new Set<ClusterSnapshot>();

  all(): readonly ClusterSnapshot[] {
    return [...this.#snapshots];
  }

  in(region: Region): readonly ClusterSnapshot[] {
    return this.all().filter((snapshot) => snapshot.region === region);
  }

  /** By identifier or ARN. */
  find(region: Region, named: string): ClusterSnapshot | undefined {
    const id = identifierIn(region, 'cluster-snapshot', named);
    return this.in(region).find((snapshot) => snapshot.id === id);
  }

  required(region: Region, named: string): ClusterSnapshot {
    const found = this.find(region, named);
    if (!found) throw rdsFault('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot not found: ${named}`);
    return found;
  }

  /** By an ARN of whichever region. */
  byArn(arn: string): ClusterSnapshot | undefined {
    return REGIONS.map((region) => this.find(region, arn)).find((found) => found !== undefined);
  }

  /** Throws when a manual snapshot of this name cannot be added. */
  checkFree(region: Region, id: string): void {
    if (this.find(region, id)) {
      throw rdsFault('DBClusterSnapshotAlreadyExistsFault', `DB cluster snapshot already exists: ${id}.`);
    }
    if (this.in(region).filter(({ type }) => type === 'manual').length < MANUAL_QUOTA) return;
    throw rdsFault('SnapshotQuotaExceededFault', `The account has ${MANUAL_QUOTA} manual snapshots in ${region}.`);
  }

  add(snapshot: ClusterSnapshot): void {
    this.#snapshots.add(snapshot);
  }

  remove(snapshot: ClusterSnapshot): void {
    this.#snapshots.delete(snapshot);
  }

  /** `DescribeDBClusterSnapshots`: oldest first. Nothing is shared with other accounts here. */
  describe(region: Region, parameters: QueryParameters, tagsOf: (arn: string) => readonly XmlObject[]): XmlObject {
    const type = readType(parameters);
    const fits = filterOf<ClusterSnapshot>(parameters, {
      'db-cluster-id': ({ origin }) => [origin.cluster, arnOf(region, 'cluster', origin.cluster)],
      'db-cluster-snapshot-id': ({ id, arn }) => [id, arn],
      'snapshot-type': (snapshot) => [snapshot.type],
      engine: () => [ENGINE],
    });
    const wanted = this.#selected(region, parameters, type).filter(
      (snapshot) => fits(snapshot) && (type === undefined || snapshot.type === type),
    );
    const { items, marker } = pageOf(
      wanted.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime()),
      parameters,
    );
    return { Marker: marker, DBClusterSnapshots: items.map((snapshot) => shownSnapshot(snapshot, tagsOf)) };
  }

  #selected(region: Region, parameters: QueryParameters, type: string | undefined): readonly ClusterSnapshot[] {
    const cluster = parameters.text('DBClusterIdentifier');
    const named = parameters.text('DBClusterSnapshotIdentifier');
    if (cluster !== undefined && named !== undefined) {
      throw invalidCombination('DBClusterIdentifier and DBClusterSnapshotIdentifier cannot be specified together.');
    }
    if (named !== undefined) {
      const found = this.required(region, named);
      // The model demands the type beside the name of an automated one.
      if (found.type === (type ?? 'manual')) return [found];
      throw rdsFault('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot not found: ${named}`);
    }
    const all = this.in(region);
    if (cluster === undefined) return all;
    // The cluster itself may be gone, or of another region where it is a copy: its snapshots are found all the same.
    return all.filter(({ origin }) => origin.cluster === identifierIn(region, 'cluster', cluster));
  }
}

function readType(parameters: QueryParameters): string | undefined {
  const type = parameters.text('SnapshotType');
  if (type !== undefined && !TYPES.includes(type)) {
    throw invalidValue(`SnapshotType must be one of ${TYPES.join(', ')}, not ${type}.`);
  }
  return type;
}
