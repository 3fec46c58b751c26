import type { ExecutionRequest, ExecutionSnapshot, ScheduledStart } from '../domain/execution.ts';
import { runExecution } from './engine/run-execution.ts';

/** Restores the database beside itself, validates it and cleans up. The type's name is permanent; what it does is the plan's business. */
export async function pitrRestoreDrill(request: ExecutionRequest | ScheduledStart): Promise<ExecutionSnapshot> {
  return runExecution(request);
}
