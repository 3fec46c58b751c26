import { executionIdOf } from './ids.ts';
import type { Json } from './json.ts';
import type { ServiceSchedule } from './service.ts';

/** Characters of the run id that make a scheduled execution's id its own. */
const OWN_CHARACTERS = 6;

const ownCharacters = (runId: string): string => runId.replaceAll('-', '').slice(-OWN_CHARACTERS);

/** Id of the execution that a schedule's run becomes: nobody is there to mint one. */
export const scheduledExecutionId = (runbook: string, startedAt: Date, runId: string): string =>
  executionIdOf(runbook, startedAt, ownCharacters(runId));

/** Whether an execution id is that of this run of a schedule. */
export const isOfRun = (executionId: string, runId: string): boolean =>
  executionId.endsWith(`-${ownCharacters(runId)}`);

/** Who asks for what a schedule starts. */
export const askerOf = (schedule: string): string => `schedule:${schedule}`;

/** What a declaration says, for its digest: the same words, the same digest. */
export const declarationOf = (schedule: ServiceSchedule): Json => ({
  id: schedule.id,
  runbook: schedule.runbook,
  mode: schedule.mode,
  parameters: schedule.parameters as Json,
  every: schedule.every,
  catchUpHours: schedule.catchUpHours,
});
