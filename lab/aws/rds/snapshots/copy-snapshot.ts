import { REGIONS, type Region } from '../../../topology.ts';
import { invalidCombination, QueryFault } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import { usableKey } from '../groups/usable-key.ts';
import { newIdentifier } from '../identifiers.ts';
import { rdsFault } from '../rds-faults.ts';
import { readTags } from '../tags.ts';
import { ClusterSnapshot, shownSnapshot } from './cluster-snapshot.ts';
import type { CopyQueue } from './copy-queue.ts';

/** `CopyDBClusterSnapshot`, called in the destination region; a source of another region is named by its ARN. */
export class CopySnapshot {
  readonly #plane: BackedControlPlane;
  readonly #queue: CopyQueue;

  constructor(plane: BackedControlPlane, queue: CopyQueue) {
    this.#plane = plane;
    this.#queue = queue;
  }

  perform(region: Region, parameters: QueryParameters): XmlObject {
    const { snapshots, storageNames, tags, tagsOf, events, say } = this.#plane;
    const source = this.#source(region, parameters.required('SourceDBClusterSnapshotIdentifier'));
    const id = newIdentifier(parameters, 'TargetDBClusterSnapshotIdentifier');
    const given = readTags(parameters);
    const copyTags = parameters.flag('CopyTags') ?? false;
    const kmsKey = this.#keyOfCopy(region, parameters.text('KmsKeyId'), source);
    snapshots.checkFree(region, id);
    const target = new ClusterSnapshot({
      region,
      id,
      type: 'manual',
      origin: source.origin,
      kmsKey,
      copiedFrom: source.arn,
      storage: storageNames.take(id),
    });
    snapshots.add(target);
    // Where both are given AWS ignores CopyTags.
    tags.create(target.arn, given.length > 0 || !copyTags ? given : tags.pairs(source.arn));
    events[region].ofSnapshot(target, `Started copy of snapshot ${source.id} from region ${source.region}.`, [
      'notification',
    ]);
    say(`rds: copy of ${source.id} to ${id} in ${region} accepted`);
    this.#queue.add(source, target);
    return { DBClusterSnapshot: shownSnapshot(target, tagsOf) };
  }

  #source(region: Region, named: string): ClusterSnapshot {
    const { snapshots, reaches } = this.#plane;
    const elsewhere = REGIONS.find((other) => other !== region && named.split(':')[3] === other);
    if (named.startsWith('arn:') && elsewhere !== undefined && !reaches(region, elsewhere)) {
      // What AWS answers when the source's region is down was not verified.
      throw new QueryFault('ServiceUnavailable', `The source Region ${elsewhere} does not answer.`, 503);
    }
    const source = snapshots.find(region, named) ?? snapshots.byArn(named);
    if (!source || (source.region !== region && !named.startsWith('arn:'))) {
      throw rdsFault('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot not found: ${named}`);
    }
    if (source.status !== 'available') {
      const message = `DB cluster snapshot ${source.id} is ${source.status}: a copy needs it available.`;
      throw rdsFault('InvalidDBClusterSnapshotStateFault', message);
    }
    return source;
  }

  /** Which code AWS answers where a key is missing or superfluous was not verified; that it refuses is documented. */
  #keyOfCopy(region: Region, named: string | undefined, source: ClusterSnapshot): string | null {
    if (source.kmsKey === null) {
      if (named === undefined) return null;
      throw invalidCombination('KmsKeyId cannot be given for an unencrypted DB cluster snapshot.');
    }
    if (named === undefined && source.region !== region) {
      const message = `KmsKeyId of a key in ${region} is needed: the source is encrypted with a key of ${source.region}.`;
      throw rdsFault('KMSKeyNotAccessibleFault', message);
    }
    return usableKey(this.#plane.keys, region, named ?? source.kmsKey);
  }
}
