import { AWS_DEFAULTS, type Region } from '../../../topology.ts';
import { invalidCombination, invalidValue } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { reasonOf } from '../background-work.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import { newIdentifier } from '../identifiers.ts';
import { rdsFault } from '../rds-faults.ts';
import { ENGINE } from '../rds-resources.ts';
import { readTags, type Tags } from '../tags.ts';
import type { ClusterSettings } from './cluster-settings.ts';
import { placementOf } from './placement.ts';
import type { PlacementFaults } from './placement-faults.ts';
import { instantInside, readRestoreTime } from './restore-time.ts';
import { RestoredCluster } from './restored-cluster.ts';
import { restoredCluster } from './restored-descriptions.ts';

interface Accepted {
  readonly region: Region;
  readonly id: string;
  readonly settings: ClusterSettings;
  readonly tags: Tags;
  readonly port: number;
  readonly from: string;
}

/** The two operations that make a cluster. AWS restores the cluster only: instances are created afterwards. */
export class Restores {
  readonly #plane: BackedControlPlane;
  readonly #faults: PlacementFaults;

  constructor(plane: BackedControlPlane, faults: PlacementFaults) {
    this.#plane = plane;
    this.#faults = faults;
  }

  async toPointInTime(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const { members, backups, view } = this.#plane;
    const id = newIdentifier(parameters, 'DBClusterIdentifier');
    const source = parameters.required('SourceDBClusterIdentifier');
    const asked = readRestoreTime(parameters);
    const tags = readTags(parameters);
    this.#checkSource(region, source);
    const settings = placementOf(region, parameters, members.settings(region), this.#plane);
    const { databasePort } = await view();
    const to = instantInside(await backups.window(region), asked, members.id(region));
    const from = `${members.id(region)} at ${to.toISOString()}`;
    const port = checkedPort(parameters, databasePort);
    return this.#begin({ region, id, settings, tags, port, from }, (cluster) =>
      backups.restoreToPointInTime(region, to, { region, cluster: cluster.storage }),
    );
  }

  async fromSnapshot(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const { snapshots, backups, view } = this.#plane;
    const id = newIdentifier(parameters, 'DBClusterIdentifier');
    const snapshot = snapshots.required(region, parameters.required('SnapshotIdentifier'));
    const engine = parameters.required('Engine');
    if (engine !== ENGINE) {
      throw invalidCombination(`Engine ${engine} is not the engine of the snapshot, ${ENGINE}.`);
    }
    const tags = readTags(parameters);
    const settings = placementOf(region, parameters, snapshot, this.#plane);
    const { databasePort } = await view();
    const stored = snapshot.status === 'available' ? snapshot.stored : null;
    if (!stored) {
      throw rdsFault(
        'InvalidDBClusterSnapshotStateFault',
        `DB cluster snapshot ${snapshot.id} is ${snapshot.status}: a restore needs it available.`,
      );
    }
    const port = checkedPort(parameters, databasePort);
    const from = `snapshot ${snapshot.id}`;
    return this.#begin({ region, id, settings, tags, port, from }, async (cluster) => {
      snapshot.restoring += 1;
      try {
        await backups.restoreFromSnapshot(stored, { region, cluster: cluster.storage });
      } finally {
        snapshot.restoring -= 1;
      }
    });
  }

  #checkSource(region: Region, named: string): void {
    const { members, restored } = this.#plane;
    if (members.isNamed(region, named)) return;
    if (!restored.find(region, named)) throw rdsFault('DBClusterNotFoundFault', `DBCluster ${named} not found.`);
    throw rdsFault('InvalidRestoreFault', `Nothing archives what restored clusters of the lab write: ${named} is one.`);
  }

  /** From here to the answer nothing waits, so that two requests for one name cannot both be accepted. */
  #begin(accepted: Accepted, restore: (cluster: RestoredCluster) => Promise<void>): XmlObject {
    const { restored, storageNames, tags, tagsOf, work, say } = this.#plane;
    const { region, id, port } = accepted;
    if (restored.isTaken(region, id)) {
      throw rdsFault('DBClusterAlreadyExistsFault', `DB cluster already exists: ${id}.`);
    }
    const settings = this.#faults.spoil(accepted.settings, AWS_DEFAULTS.securityGroup);
    const cluster = new RestoredCluster({ region, id, storage: storageNames.take(id), port, settings });
    restored.add(cluster);
    tags.create(cluster.arn, accepted.tags);
    say(`rds: restoring ${id} in ${region} from ${accepted.from}`);
    work.start(`restore ${id}`, () => this.#finish(cluster, restore));
    return { DBCluster: restoredCluster(cluster, tagsOf) };
  }

  async #finish(cluster: RestoredCluster, restore: (cluster: RestoredCluster) => Promise<void>): Promise<void> {
    const { work, durations, events, say } = this.#plane;
    try {
      await work.until(restore(cluster));
      await work.wait(durations().restoreSettling);
      cluster.status = 'available';
      say(`rds: ${cluster.id} restored`);
      await work.wait(durations().restoreSettling);
      cluster.completeAt = new Date();
    } catch (caught) {
      if (work.closed) return;
      cluster.status = 'failed';
      const message = `Restore of DB cluster ${cluster.id} failed: ${reasonOf(caught)}`;
      events[cluster.region].record('db-cluster', cluster.id, cluster.arn, message, ['failure']);
      say(`rds: ${message}`);
    }
  }
}

/** The lab can serve one port only, the database's own: any other is refused, though AWS would take it. */
function checkedPort(parameters: QueryParameters, databasePort: number): number {
  const port = parameters.integer('Port');
  if (port !== undefined && port !== databasePort) {
    throw invalidValue(`Port must be ${databasePort} in this lab, not ${port}.`);
  }
  return databasePort;
}
