import type { LabHandle } from '../lab-handle.ts';
import type { ObservedAttempt } from '../observer/observed-attempt.ts';
import { readAttempts } from '../observer/read-attempts.ts';
import { readRows } from '../observer/read-rows.ts';
import { type BookingRow, type Verdict, verdict } from '../observer/verdict.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { PROTECTED, RECOVERY } from '../topology.ts';

/** The newest attempts of the observer, ordered by request start. */
function newestAttempts(log: string, count: number): readonly ObservedAttempt[] {
  return [...readAttempts(log)].sort((one, other) => one.at - other.at).slice(-count);
}

/** Waits until the last `count` bookings of the observer were all acknowledged. */
export async function untilHealthy(log: string, count: number): Promise<void> {
  await waitUntil(
    `${count} bookings in a row are acknowledged`,
    () => {
      const attempts = newestAttempts(log, count);
      return attempts.length === count && attempts.every((attempt) => attempt.ok);
    },
    { timeoutMs: 30_000 },
  );
}

/** Waits until the observer missed `count` bookings in a row. */
export async function untilMissing(log: string, count: number): Promise<void> {
  await waitUntil(
    `${count} bookings in a row were missed`,
    () => {
      const attempts = newestAttempts(log, count);
      return attempts.length === count && attempts.every((attempt) => !attempt.ok);
    },
    { timeoutMs: 30_000 },
  );
}

export interface Observed {
  readonly verdict: Verdict;
  /** Every booking of each side, as read from its own database. */
  readonly rows: { readonly surviving: readonly BookingRow[]; readonly old: readonly BookingRow[] };
}

/** The stranger's verdict: its own log up to now, and both databases opened apart afterwards. */
export async function observerVerdict(lab: LabHandle, log: string): Promise<Observed> {
  // First the log: what is booked while the databases are copied must not look lost.
  const attempts = readAttempts(log);
  const copies = await lab.autopsy();
  try {
    const [surviving, old] = await Promise.all([readRows(copies[RECOVERY]), readRows(copies[PROTECTED])]);
    return { verdict: verdict({ attempts, newRegion: RECOVERY, surviving, old }), rows: { surviving, old } };
  } finally {
    await lab.closeAutopsy();
  }
}
