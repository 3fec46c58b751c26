import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { secondsBetween } from '../terminal/duration.ts';
import { clockAt, downSince } from './execution-times.ts';
import { kindOf } from './plan-kind.ts';

/** The clock that counts for an execution: that of an outage, or that of a restore. */
export interface Stopwatch {
  /** `down`, or once it has stopped `was down`. */
  readonly label: string;
  readonly seconds: number;
  readonly stoppedAt: string | null;
  readonly limit: { readonly seconds: number; readonly name: string };
}

/** `null` where no clock counts, or nobody knows yet since when. */
export function stopwatchOf(snapshot: ExecutionSnapshot, now: Date): Stopwatch | null {
  const { marks, objectives } = snapshot;
  if (objectives === null) return null;
  const run = (since: string, stoppedAt: string | null): Pick<Stopwatch, 'seconds' | 'stoppedAt'> => ({
    seconds: secondsBetween(since, stoppedAt === null ? clockAt(snapshot, now) : new Date(stoppedAt)),
    stoppedAt,
  });
  const down = downSince(snapshot);
  if (down !== null) {
    const serving = marks.serving ?? null;
    const limit = { seconds: objectives.rtoSeconds, name: 'RTO' };
    return { label: serving ? 'was down' : 'down', limit, ...run(down, serving) };
  }
  const requested = marks.restore_requested;
  if (requested === undefined || objectives.restoreSeconds === undefined || kindOf(snapshot.plan) !== 'restore') {
    return null;
  }
  const validated = marks.validated ?? null;
  const limit = { seconds: objectives.restoreSeconds, name: 'limit' };
  return { label: validated ? 'restored in' : 'restoring', limit, ...run(requested, validated) };
}
