/** Every workflow type a worker serves. Only workflows are exported here: the bundle's entry. */
export { crossRegionSnapshotCopy } from './cross-region-snapshot-copy.ts';
export { pitrRestoreDrill } from './pitr-restore-drill.ts';
export { pointInTimeRecovery } from './point-in-time-recovery.ts';
export { posture } from './posture.ts';
export { regionFailover } from './region-failover.ts';
