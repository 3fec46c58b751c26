import type { ExecutionRequest, ExecutionSnapshot, ScheduledStart } from '../domain/execution.ts';
import { runExecution } from './engine/run-execution.ts';

/** Copies a snapshot to the recovery region and keeps track of what would be lost without it. The type's name is permanent; what it does is the plan's business. */
export async function crossRegionSnapshotCopy(request: ExecutionRequest | ScheduledStart): Promise<ExecutionSnapshot> {
  return runExecution(request);
}
