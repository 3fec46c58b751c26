import type { ObservedAttempt } from './observed-attempt.ts';
import { outagesOf } from './outages.ts';

/** A booking as a database holds it. */
export interface BookingRow {
  readonly id: string;
  /** Region whose pod wrote it. */
  readonly region: string;
  /** Commit time by the database that committed it, Unix milliseconds with fractions; `null` when no longer known. */
  readonly committedAt: number | null;
}

export interface Verdict {
  /** Disrupted to serving, of the longest outage; `null` without one, or when it had not ended for sure. */
  readonly rtoSeconds: number | null;
  /** Instants are ISO 8601, UTC. */
  readonly disruptedAt: string | null;
  readonly servingAt: string | null;
  /** Bookings the service acknowledged to the observer. */
  readonly acknowledged: number;
  /** Of those, how many the surviving database does not have. */
  readonly lost: number;
  /** When the first of the lost ones was acknowledged. */
  readonly oldestLostAt: string | null;
  /** When the request of the newest survivor that the old region acknowledged began. */
  readonly newestSurvivingAt: string | null;
  /** Rows committed on the old side after the new side's first write of its own. */
  readonly dualWriterInstants: number;
  readonly dualWriterRows: readonly BookingRow[];
  /** Attempts without an answer: neither acknowledged nor refused, so they count for no loss. */
  readonly unanswered: number;
}

/**
 * What happened, from raw records alone. Pure.
 * @param seen.attempts every line of the outside observer.
 * @param seen.surviving rows of the new side; `null` when nothing was moved: then nothing is called lost.
 * @param seen.old rows of the old side, read afterwards from its own files.
 */
export function verdict(seen: {
  readonly attempts: readonly ObservedAttempt[];
  readonly newRegion: string;
  readonly surviving: readonly BookingRow[] | null;
  readonly old: readonly BookingRow[];
}): Verdict {
  const { newRegion, surviving, old } = seen;
  const attempts = [...seen.attempts].sort((one, other) => one.at - other.at || one.seq - other.seq);
  const outage = longest(outagesOf(attempts));
  const acknowledged = attempts.filter((each) => each.ok);
  const there = new Set(surviving?.map((row) => row.id));
  const lost = surviving === null ? [] : acknowledged.filter((each) => !there.has(each.id));
  const kept = acknowledged.filter((each) => there.has(each.id) && each.servedBy !== newRegion);
  const dualWriterRows = writtenTwice(surviving ?? [], old, newRegion);
  return {
    rtoSeconds: outage === null || outage.servingAt === null ? null : (outage.servingAt - outage.disruptedAt) / 1_000,
    disruptedAt: instant(outage?.disruptedAt),
    servingAt: instant(outage?.servingAt),
    acknowledged: acknowledged.length,
    lost: lost.length,
    oldestLostAt: instant(least(lost.map((each) => each.doneAt))),
    newestSurvivingAt: instant(kept.at(-1)?.at),
    dualWriterInstants: dualWriterRows.length,
    dualWriterRows,
    unanswered: attempts.filter((each) => each.error === 'timed out').length,
  };
}

/** Rows that came to the old side by its own writers although the new side had begun to write. */
function writtenTwice(
  surviving: readonly BookingRow[],
  old: readonly BookingRow[],
  newRegion: string,
): readonly BookingRow[] {
  const own = surviving.filter((row) => row.region === newRegion && row.committedAt !== null);
  const first = least(own.map((row) => row.committedAt!));
  if (first === null) return [];
  return old.filter((row) => row.region !== newRegion && row.committedAt !== null && row.committedAt > first);
}

function longest<O extends { readonly disruptedAt: number; readonly endsAt: number }>(outages: readonly O[]): O | null {
  return outages.reduce<O | null>(
    (most, each) => (most === null || each.endsAt - each.disruptedAt > most.endsAt - most.disruptedAt ? each : most),
    null,
  );
}

const least = (times: readonly number[]): number | null =>
  times.reduce<number | null>((most, time) => (most === null || time < most ? time : most), null);

const instant = (time: number | null | undefined): string | null =>
  time === null || time === undefined ? null : new Date(time).toISOString();
