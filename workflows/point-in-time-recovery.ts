import type { ExecutionRequest, ExecutionSnapshot, ScheduledStart } from '../domain/execution.ts';
import { runExecution } from './engine/run-execution.ts';

/** Recovers from damaged data by going back to before the damage. The type's name is permanent; what it does is the plan's business. */
export async function pointInTimeRecovery(request: ExecutionRequest | ScheduledStart): Promise<ExecutionSnapshot> {
  return runExecution(request);
}
