import type { BoundReading } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import type { Bound } from '../../domain/plan.ts';
import { readReference } from './resolve-references.ts';

const same = (left: Json, right: Json): boolean => JSON.stringify(left) === JSON.stringify(right);

/** How one bound reads now. A value that is missing or `null` is unknown, never small. */
export function readBound(bound: Bound, outputs: ReadonlyMap<string, Json>): BoundReading {
  const value = readReference(bound.fact, outputs) ?? null;
  return { id: bound.id, says: bound.says, value, verdict: verdictOf(bound, value) };
}

function verdictOf(bound: Bound, value: Json): BoundReading['verdict'] {
  if (value === null) return bound.unknown === 'accept_by_name' ? 'unknown' : 'outside';
  if (bound.equals !== undefined && !same(value, bound.equals)) return 'outside';
  if (bound.atMost !== undefined && !(typeof value === 'number' && value <= bound.atMost)) return 'outside';
  if (bound.atLeast !== undefined && !(typeof value === 'number' && value >= bound.atLeast)) return 'outside';
  return 'within';
}

/** What approvals do not cover: outside its bounds, or unknown without everybody having accepted that by name. */
export function brokenBounds(
  readings: readonly BoundReading[],
  approvals: readonly { readonly accepts: readonly string[] }[],
): readonly BoundReading[] {
  return readings.filter(
    (reading) =>
      reading.verdict === 'outside' ||
      (reading.verdict === 'unknown' &&
        !(approvals.length > 0 && approvals.every((approval) => approval.accepts.includes(reading.id)))),
  );
}
