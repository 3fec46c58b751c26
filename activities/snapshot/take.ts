import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { KIND, snapshotOf, TAG } from '../../runbooks/actions/restore/naming.ts';
import { takeSnapshot as contract } from '../../runbooks/actions/snapshot/take.ts';
import { implement } from '../attempt/implement.ts';
import { findSnapshot } from '../restore/look-up.ts';
import { nameTaken } from '../restore/name-taken.ts';
import { isBroken } from '../restore/status.ts';
import { createdTags, instantOf, isOf, tagsOf } from '../restore/tags.ts';
import { allocatedBytes, databaseSize } from './database-size.ts';

export const take = implement(contract, {
  async observe(clients, { region, cluster, executionId }, { service }) {
    const [snapshot, sizeBytes] = await Promise.all([
      findSnapshot(clients, region, snapshotOf(executionId)),
      databaseSize(clients, service, { region, cluster }),
    ]);
    return { snapshot, sizeBytes };
  },
  decide({ region, cluster, executionId }, { snapshot, sizeBytes }, acted, { service, observedAt }) {
    const name = snapshotOf(executionId);
    const takenAt = snapshot?.SnapshotCreateTime?.toISOString() ?? observedAt;
    const requestedAt = instantOf(tagsOf(snapshot ?? {}), TAG.requestedAt) ?? takenAt;
    const output = {
      snapshot: name,
      snapshotArn: snapshot?.DBClusterSnapshotArn ?? arnLike(service.database.regions[region]?.arn, name),
      dataTime: takenAt,
      encrypted: snapshot?.StorageEncrypted ?? service.database.regions[region]?.restore?.kmsKey !== undefined,
      sizeBytes: sizeBytes ?? allocatedBytes(snapshot ?? {}),
      snapshotSeconds: Math.max(0, (Date.parse(observedAt) - Date.parse(requestedAt)) / 1_000),
    };
    if (!snapshot) {
      if (acted) return wait(`snapshot ${name} was asked for and is not to be seen yet`, output);
      const create: Call = {
        service: 'rds',
        operation: 'CreateDBClusterSnapshot',
        region,
        target: `${cluster} → ${name}`,
        input: {
          DBClusterSnapshotIdentifier: name,
          DBClusterIdentifier: cluster,
          Tags: createdTags({ executionId, service: service.name, kind: KIND.snapshot, requestedAt: observedAt }),
        },
      };
      return call([create], `no snapshot of ${cluster} was taken yet`, output);
    }
    const tags = tagsOf(snapshot);
    if (!isOf(tags, executionId) || snapshot.DBClusterIdentifier !== cluster) {
      return refuse(nameTaken(`snapshot ${name}`, executionId, tags));
    }
    if (snapshot.Status === 'available') return done(output);
    if (isBroken(snapshot.Status)) {
      return refuse(
        errorShape(
          'DR_SNAPSHOT_FAILED',
          `snapshot ${name} is '${snapshot.Status}', it should have become 'available'`,
          {
            field: name,
            expected: 'available',
            actual: snapshot.Status ?? null,
          },
        ),
      );
    }
    return wait(`snapshot ${name} is ${snapshot.Status ?? 'in no state'}, ${snapshot.PercentProgress ?? 0} %`, output);
  },
});

/** What a snapshot's ARN will be, for a dry run: the cluster's with another kind and name. */
const arnLike = (cluster: string | undefined, name: string): string =>
  (cluster ?? '').replace(/cluster:.*$/, `cluster-snapshot:${name}`);
