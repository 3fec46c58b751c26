import type { ExecutionSnapshot, StepRecord } from '../../domain/execution.ts';
import { secondsBetween } from '../terminal/duration.ts';
import { textField } from './json-field.ts';

/** When customers were cut off: as measured, or before that as the impact check saw it; `null` while nobody knows. */
export function downSince(snapshot: ExecutionSnapshot): string | null {
  if (snapshot.marks.disrupted) return snapshot.marks.disrupted;
  for (const step of snapshot.steps) {
    const since = textField(step.output, 'downSince');
    if (since !== null) return since;
  }
  return null;
}

/** When the clock of the execution stands: now while it runs, its end afterwards. */
export const clockAt = (snapshot: ExecutionSnapshot, now: Date): Date =>
  snapshot.endedAt ? new Date(snapshot.endedAt) : now;

/** Seconds in which a gate waited for people; gates that were open together count once. */
export function peopleSeconds(snapshot: ExecutionSnapshot, now: Date): number {
  const end = clockAt(snapshot, now);
  const spans = snapshot.gates
    .filter((gate) => gate.openedAt !== null)
    .map((gate) => [Date.parse(gate.openedAt!), gate.closedAt ? Date.parse(gate.closedAt) : end.getTime()] as const)
    .sort((left, right) => left[0] - right[0]);
  let total = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [from, to] of spans) {
    total += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return total / 1_000;
}

/** How long a step has taken over all its attempts; `null` before it starts. */
export function stepSeconds(step: StepRecord, now: Date): number | null {
  if (step.startedAt === null) return null;
  return Math.max(0, secondsBetween(step.startedAt, step.endedAt ? new Date(step.endedAt) : now));
}

/** How long the attempt in hand has taken. */
export function attemptSeconds(step: StepRecord, now: Date): number | null {
  const attempt = step.attempts.at(-1);
  return attempt
    ? Math.max(0, secondsBetween(attempt.startedAt, attempt.endedAt ? new Date(attempt.endedAt) : now))
    : null;
}
