import { type Call, call, refuse, wait } from '../../domain/action.ts';
import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import { restoreFromSnapshot as contract } from '../../runbooks/actions/restore/from-snapshot.ts';
import { KIND, restoredClusterOf, TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster, findSnapshot } from './look-up.ts';
import { placementInput } from './placement-input.ts';
import { judgeRestored } from './restored.ts';
import { isBroken } from './status.ts';
import { createdTags } from './tags.ts';

/** What a dry run names where the snapshot is still to come. */
const LIKELY_ENGINE = 'aurora-postgresql';

export const fromSnapshot = implement(contract, {
  async observe(clients, { region, snapshot, executionId, cluster: wanted }) {
    const cluster = await findCluster(clients, region, wanted ?? restoredClusterOf(executionId));
    return { cluster, snapshot: cluster ? null : await findSnapshot(clients, region, snapshot) };
  },
  decide(input, { cluster, snapshot }, acted, { service, mode, observedAt }) {
    const { region, executionId, keep } = input;
    const name = input.cluster ?? restoredClusterOf(executionId);
    if (cluster) return judgeRestored(cluster, { name, executionId, observedAt }, false);
    if (acted) return wait(`the restore was asked for; cluster ${name} is not to be seen yet`);
    const predicted = {
      cluster: name,
      clusterArn: (snapshot?.DBClusterSnapshotArn ?? '').replace(/cluster-snapshot:.*$/, `cluster:${name}`),
      restoreRequestedAt: observedAt,
      restoredAt: observedAt,
    };
    const restore: Call = {
      service: 'rds',
      operation: 'RestoreDBClusterFromSnapshot',
      region,
      target: `${input.snapshot} → ${name}`,
      input: {
        DBClusterIdentifier: name,
        SnapshotIdentifier: input.snapshot,
        Engine: snapshot?.Engine ?? LIKELY_ENGINE,
        ...placementInput(input.placement, keep),
        ...(snapshot?.IAMDatabaseAuthenticationEnabled && { EnableIAMDatabaseAuthentication: true }),
        Tags: createdTags(
          { executionId, service: service.name, kind: keep ? KIND.keep : KIND.restore, requestedAt: observedAt },
          { [TAG.restoredFrom]: input.snapshot },
        ),
      },
    };
    if (!snapshot) {
      return mode === 'dry_run'
        ? wait('the snapshot will be there by then', predicted, [restore])
        : refuse(missing(input.snapshot, region, null));
    }
    if (isBroken(snapshot.Status)) return refuse(missing(input.snapshot, region, snapshot.Status ?? null));
    if (snapshot.Status !== 'available') {
      return wait(`snapshot ${input.snapshot} is ${snapshot.Status ?? 'in no state'}`, predicted, [restore]);
    }
    return call([restore], `${input.snapshot} is not restored yet`, predicted);
  },
});

const missing = (snapshot: string, region: string, status: string | null): ErrorShape =>
  errorShape(
    'DR_SNAPSHOT_MISSING',
    `snapshot ${snapshot} in ${region} ${status === null ? 'is not there' : `is '${status}'`}, it must be available`,
    { field: snapshot, expected: 'available', actual: status },
  );
