import { DeleteCluster } from './clusters/delete-cluster.ts';
import { InstanceOperations } from './clusters/instance-operations.ts';
import type { PlacementFaults } from './clusters/placement-faults.ts';
import { Restores } from './clusters/restores.ts';
import type { BackedControlPlane } from './control-plane.ts';
import type { Operations } from './rds-operations.ts';
import { describeAutomatedBackups } from './snapshots/automated-backups.ts';
import { AutomatedSnapshots } from './snapshots/automated-snapshots.ts';
import type { CopyFaults } from './snapshots/copy-faults.ts';
import { CopyQueue } from './snapshots/copy-queue.ts';
import { CopySnapshot } from './snapshots/copy-snapshot.ts';
import { DeleteSnapshot } from './snapshots/delete-snapshot.ts';
import { TakeSnapshots } from './snapshots/take-snapshots.ts';

/** What there is more where the databases are backed up: restores and snapshots. */
export interface BackedPart {
  readonly operations: Operations;
  readonly copies: CopyQueue;
  readonly automated: AutomatedSnapshots;
}

export function backedPart(plane: BackedControlPlane, copyFaults: CopyFaults, placements: PlacementFaults): BackedPart {
  const { snapshots, addresses, tagsOf } = plane;
  const copies = new CopyQueue(plane, copyFaults);
  const restores = new Restores(plane, placements);
  const instances = new InstanceOperations(plane);
  const deleteCluster = new DeleteCluster(plane);
  const take = new TakeSnapshots(plane);
  const copy = new CopySnapshot(plane, copies);
  const deleteSnapshot = new DeleteSnapshot(plane, copies);
  const operations: Operations = {
    RestoreDBClusterToPointInTime: (region, parameters) => restores.toPointInTime(region, parameters),
    RestoreDBClusterFromSnapshot: (region, parameters) => restores.fromSnapshot(region, parameters),
    DeleteDBCluster: (region, parameters) => deleteCluster.perform(region, parameters),
    CreateDBClusterSnapshot: (region, parameters) => take.create(region, parameters),
    CopyDBClusterSnapshot: (region, parameters) => copy.perform(region, parameters),
    DeleteDBClusterSnapshot: (region, parameters) => deleteSnapshot.perform(region, parameters),
    DescribeDBClusterSnapshots: (region, parameters) => snapshots.describe(region, parameters, tagsOf),
    DescribeDBClusterAutomatedBackups: (region, parameters) => describeAutomatedBackups(plane, region, parameters),
    DeleteDBInstance: (region, parameters) => instances.delete(region, parameters),
    // Without addresses nobody could reach what it would start.
    ...(addresses && { CreateDBInstance: (region, parameters) => instances.create(region, parameters) }),
  };
  return { operations, copies, automated: new AutomatedSnapshots(plane, take, deleteSnapshot, copies) };
}
