import type { Region } from '../../../topology.ts';
import type { QueryFault } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import { rdsFault } from '../rds-faults.ts';
import { type ClusterSnapshot, shownSnapshot } from './cluster-snapshot.ts';
import type { CopyQueue } from './copy-queue.ts';

/** `DeleteDBClusterSnapshot`; automated ones are removed here too, when they are pruned. */
export class DeleteSnapshot {
  readonly #plane: BackedControlPlane;
  readonly #queue: CopyQueue;

  constructor(plane: BackedControlPlane, queue: CopyQueue) {
    this.#plane = plane;
    this.#queue = queue;
  }

  perform(region: Region, parameters: QueryParameters): XmlObject {
    const { snapshots, tagsOf } = this.#plane;
    const snapshot = snapshots.required(region, parameters.required('DBClusterSnapshotIdentifier'));
    const refusal = refusalOf(snapshot);
    if (refusal) throw refusal;
    const cancels = snapshot.status === 'copying';
    const shown = { ...shownSnapshot(snapshot, tagsOf), Status: 'deleting' };
    this.remove(snapshot);
    if (cancels) this.#queue.cancel(snapshot);
    return { DBClusterSnapshot: shown };
  }

  /** Copies still reading from it fail. */
  remove(snapshot: ClusterSnapshot): void {
    const { snapshots, tags, backups, work, say } = this.#plane;
    const { stored } = snapshot;
    snapshot.status = 'deleting';
    snapshot.stored = null;
    this.#queue.sourceDeleted(snapshot);
    snapshots.remove(snapshot);
    tags.forget(snapshot.arn);
    say(`rds: snapshot ${snapshot.id} in ${snapshot.region} deleted`);
    if (stored) work.start(`files of ${snapshot.id}`, () => work.until(backups.deleteSnapshot(stored)));
  }
}

function refusalOf(snapshot: ClusterSnapshot): QueryFault | null {
  if (snapshot.type === 'automated') {
    return rdsFault('InvalidDBClusterSnapshotStateFault', 'Only manual snapshots may be deleted.');
  }
  if (snapshot.restoring > 0) {
    const message = `DB cluster snapshot ${snapshot.id} is in use: a cluster is being restored from it.`;
    return rdsFault('InvalidDBClusterSnapshotStateFault', message);
  }
  if (snapshot.status === 'creating') {
    return rdsFault('InvalidDBClusterSnapshotStateFault', `DB cluster snapshot ${snapshot.id} is being created.`);
  }
  return null;
}
