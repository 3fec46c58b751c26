import type { ExecutionOutcome } from '../domain/execution.ts';
import type { MeasuredCopy, MeasuredRestore, Objectives } from '../domain/objective.ts';
import type { LedgerReader, OpenedExecution } from '../ledger/ledger-reader.ts';
import type { NewestCopy, ScheduledExecution } from './lifeboat-schedules.ts';

/** What the ledger knows about one service's schedules. */
export interface ScheduleHistory {
  /** By schedule id, newest first. */
  readonly executions: ReadonlyMap<string, readonly ScheduledExecution[]>;
  readonly lastPassed: ReadonlyMap<string, ScheduledExecution>;
  readonly newestCopy: NewestCopy | null;
}

/**
 * Reads backwards, and no further than needed: until every schedule has as many executions as asked for and one that
 * passed, and the newest copy is known.
 */
export async function scheduleHistory(
  ledger: Pick<LedgerReader, 'newestFirst'>,
  asked: {
    readonly environment: string;
    readonly service: string;
    readonly schedules: readonly string[];
    readonly most: number;
  },
): Promise<ScheduleHistory> {
  const executions = new Map(asked.schedules.map((id) => [id, [] as ScheduledExecution[]]));
  const lastPassed = new Map<string, ScheduledExecution>();
  let newestCopy: NewestCopy | null = null;
  const enough = () =>
    newestCopy !== null && [...executions].every(([id, found]) => found.length >= asked.most && lastPassed.has(id));
  for await (const execution of ledger.newestFirst(asked.service)) {
    const { opened, executionId } = execution;
    if (opened.facts['environment'] !== asked.environment) continue;
    const told = scheduledExecution(execution);
    if (told.copy && (newestCopy === null || told.copy.dataTime > newestCopy.dataTime)) {
      newestCopy = { executionId, dataTime: told.copy.dataTime };
    }
    const id = opened.facts['schedule'];
    const found = typeof id === 'string' ? executions.get(id) : undefined;
    if (typeof id !== 'string' || !found) continue;
    if (found.length < asked.most) found.push(told);
    if (told.outcome === 'succeeded' && !lastPassed.has(id)) lastPassed.set(id, told);
    if (enough()) break;
  }
  return { executions, lastPassed, newestCopy };
}

function scheduledExecution({ executionId, opened, sealed }: OpenedExecution): ScheduledExecution {
  const facts = sealed?.facts ?? {};
  const outcome = (facts['outcome'] as ExecutionOutcome | undefined) ?? null;
  const endedAt = typeof facts['endedAt'] === 'string' ? facts['endedAt'] : null;
  const marks = (facts['marks'] ?? {}) as Readonly<Record<string, string | undefined>>;
  const begun = marks['restore_requested'] ?? opened.at;
  return {
    executionId,
    startedAt: opened.at,
    endedAt: endedAt ?? sealed?.at ?? null,
    outcome,
    error: typeof facts['error'] === 'string' ? facts['error'] : null,
    planDigest: typeof opened.facts['planDigest'] === 'string' ? opened.facts['planDigest'] : null,
    objectives: (opened.facts['objectives'] as unknown as Objectives | null | undefined) ?? null,
    restore: (facts['restore'] as unknown as MeasuredRestore | null | undefined) ?? null,
    copy: (facts['copy'] as unknown as MeasuredCopy | null | undefined) ?? null,
    // Whoever seals an interrupted execution does not know when it stopped.
    elapsedSeconds: endedAt === null ? null : (Date.parse(endedAt) - Date.parse(begun)) / 1_000,
  };
}
