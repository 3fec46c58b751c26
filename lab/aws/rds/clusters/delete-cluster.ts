import type { Region } from '../../../topology.ts';
import { invalidCombination } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import { newIdentifier } from '../identifiers.ts';
import { rdsFault } from '../rds-faults.ts';
import type { RestoredCluster } from './restored-cluster.ts';
import { restoredCluster } from './restored-descriptions.ts';

/** How often a deleted cluster looks whether its instance is gone. */
const LOOK_MS = 50;

/** `DeleteDBCluster`. */
export class DeleteCluster {
  readonly #plane: BackedControlPlane;

  constructor(plane: BackedControlPlane) {
    this.#plane = plane;
  }

  perform(region: Region, parameters: QueryParameters): XmlObject {
    const { restored, work, tagsOf, say } = this.#plane;
    const named = parameters.required('DBClusterIdentifier');
    const finalSnapshot = readFinalSnapshot(parameters);
    this.#refuseMember(region, named);
    const cluster = restored.find(region, named);
    if (!cluster) throw rdsFault('DBClusterNotFoundFault', `DBCluster ${named} not found.`);
    if (cluster.settings.deletionProtection) throw isProtected();
    if (cluster.status !== 'available' && cluster.status !== 'failed') {
      throw rdsFault('InvalidDBClusterStateFault', `DB cluster ${cluster.id} is ${cluster.status}.`);
    }
    if (cluster.instance && cluster.instance.status !== 'deleting') {
      const message = 'Cluster cannot be deleted, it still contains DB instances in non-deleting state.';
      throw rdsFault('InvalidDBClusterStateFault', message);
    }
    if (finalSnapshot !== null) {
      const message = `The lab takes no snapshot of a restored cluster: delete ${cluster.id} with SkipFinalSnapshot.`;
      throw rdsFault('InvalidDBClusterStateFault', message);
    }
    cluster.status = 'deleting';
    say(`rds: deleting ${cluster.id}`);
    work.start(`end of ${cluster.id}`, () => this.#finish(cluster));
    return { DBCluster: restoredCluster(cluster, tagsOf) };
  }

  #refuseMember(region: Region, named: string): void {
    const { members } = this.#plane;
    if (!members.isNamed(region, named)) return;
    if (members.settings(region).deletionProtection) throw isProtected();
    const message = 'This cluster is a part of a global cluster, please remove it from globalcluster first';
    throw rdsFault('InvalidDBClusterStateFault', message);
  }

  async #finish(cluster: RestoredCluster): Promise<void> {
    const { restored, backups, tags, durations, work, say } = this.#plane;
    while (cluster.instance) await work.wait(LOOK_MS);
    await work.wait(durations().clusterDelete);
    await work.attempt(`files of ${cluster.storage}`, () => backups.deleteRestored(cluster.storage));
    restored.remove(cluster);
    tags.forget(cluster.arn);
    say(`rds: ${cluster.id} deleted`);
  }
}

/** A final snapshot's name, or `null` where it is skipped: one of the two has to be said. */
function readFinalSnapshot(parameters: QueryParameters): string | null {
  const skip = parameters.flag('SkipFinalSnapshot') ?? false;
  const named = parameters.text('FinalDBSnapshotIdentifier') !== undefined;
  if (skip && named) throw invalidCombination('FinalDBSnapshotIdentifier and SkipFinalSnapshot cannot both be given.');
  if (!skip && !named) {
    throw invalidCombination('FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.');
  }
  return named ? newIdentifier(parameters, 'FinalDBSnapshotIdentifier') : null;
}

const isProtected = () =>
  invalidCombination('Cannot delete protected Cluster, please disable deletion protection and try again.');
