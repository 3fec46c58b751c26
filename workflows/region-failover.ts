import type { ExecutionRequest, ExecutionSnapshot, ScheduledStart } from '../domain/execution.ts';
import { runExecution } from './engine/run-execution.ts';

/** Moves a service to another region. The type's name is permanent; what it does is the plan's business. */
export async function regionFailover(request: ExecutionRequest | ScheduledStart): Promise<ExecutionSnapshot> {
  return runExecution(request);
}
