import type { Region } from '../../../topology.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { reasonOf } from '../background-work.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import { clusterStatus } from '../global-view.ts';
import { newIdentifier } from '../identifiers.ts';
import { rdsFault } from '../rds-faults.ts';
import { resourceIdOf } from '../rds-resources.ts';
import { readTags, type Tags } from '../tags.ts';
import { ClusterSnapshot, shownSnapshot } from './cluster-snapshot.ts';

/** Snapshots of the members' clusters: by request, or automated. */
export class TakeSnapshots {
  readonly #plane: BackedControlPlane;

  constructor(plane: BackedControlPlane) {
    this.#plane = plane;
  }

  /** `CreateDBClusterSnapshot`. */
  async create(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const { members, restored, snapshots, view, tagsOf, work } = this.#plane;
    const id = newIdentifier(parameters, 'DBClusterSnapshotIdentifier');
    const named = parameters.required('DBClusterIdentifier');
    const tags = readTags(parameters);
    if (!members.isNamed(region, named)) {
      if (!restored.find(region, named)) throw rdsFault('DBClusterNotFoundFault', `DBCluster ${named} not found.`);
      throw rdsFault('InvalidDBClusterStateFault', `The lab takes no snapshot of a restored cluster: ${named} is one.`);
    }
    const seen = await view();
    const status = clusterStatus(seen, region);
    if (status !== 'available') {
      const message = `DB cluster ${members.id(region)} is ${status}: a snapshot needs it available.`;
      throw rdsFault('InvalidDBClusterStateFault', message);
    }
    snapshots.checkFree(region, id);
    const snapshot = this.#add(region, id, 'manual', seen.databasePort, tags);
    work.start(`snapshot ${id}`, () => this.#finish(snapshot));
    return { DBClusterSnapshot: shownSnapshot(snapshot, tagsOf) };
  }

  /** Done when it is available or has failed. */
  async takeAutomated(region: Region, id: string, port: number): Promise<void> {
    await this.#finish(this.#add(region, id, 'automated', port, []));
  }

  #add(region: Region, id: string, type: 'manual' | 'automated', port: number, tags: Tags): ClusterSnapshot {
    const { members, snapshots, storageNames, tags: allTags, events } = this.#plane;
    const settings = members.settings(region);
    const snapshot = new ClusterSnapshot({
      region,
      id,
      type,
      origin: {
        cluster: members.id(region),
        resourceId: resourceIdOf(region),
        clusterCreatedAt: members.createdAt(region),
        port,
        backupRetentionDays: settings.backupRetentionDays,
      },
      kmsKey: settings.kmsKey,
      copiedFrom: null,
      storage: storageNames.take(id),
    });
    snapshots.add(snapshot);
    const inherited = settings.copyTagsToSnapshot ? allTags.pairs(members.arn(region)) : [];
    allTags.create(snapshot.arn, [...inherited, ...tags]);
    events[region].ofSnapshot(snapshot, `Creating ${type} cluster snapshot.`, ['backup']);
    return snapshot;
  }

  async #finish(snapshot: ClusterSnapshot): Promise<void> {
    const { backups, work, durations, events, say } = this.#plane;
    const { region, id, type } = snapshot;
    try {
      const stored = await work.until(backups.takeSnapshot(region, snapshot.storage));
      await work.wait(durations().snapshotSettling);
      snapshot.complete(stored);
      events[region].ofSnapshot(snapshot, `${type === 'manual' ? 'Manual' : 'Automated'} cluster snapshot created.`, [
        'backup',
      ]);
      say(`rds: snapshot ${id} of ${snapshot.origin.cluster} available`);
    } catch (caught) {
      if (work.closed) return;
      snapshot.status = 'failed';
      const message = `Snapshot ${id} failed: ${reasonOf(caught)}`;
      events[region].ofSnapshot(snapshot, message, ['failure']);
      say(`rds: ${message}`);
    }
  }
}
