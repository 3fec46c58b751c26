import type { ExecutionRequest, ExecutionSnapshot, ScheduledStart } from '../domain/execution.ts';
import { runExecution } from './engine/run-execution.ts';

/** Looks whether a recovery would work tonight; changes nothing. The type's name is permanent; what it does is the plan's business. */
export async function posture(request: ExecutionRequest | ScheduledStart): Promise<ExecutionSnapshot> {
  return runExecution(request);
}
