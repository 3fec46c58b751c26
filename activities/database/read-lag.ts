import { done } from '../../domain/action.ts';
import { readLag as contract } from '../../runbooks/actions/database/read-lag.ts';
import { implement } from '../attempt/implement.ts';

/** Older than this, a lag says how far behind the standby was, not how far it is. */
const STALE_SECONDS = 2;

interface SeenLag {
  readonly lagMs: number | null;
  readonly calculated: Date | null;
  /** Seconds since it was calculated, by the database's clock. */
  readonly age: number | null;
}

export const readLag = implement(contract, {
  async observe(clients, { region }) {
    const rows = await clients.query(
      region,
      `select rpo_lag_in_msec::float8 as "lagMs", last_lag_calculation_time as calculated,
              extract(epoch from clock_timestamp() - last_lag_calculation_time)::float8 as age
         from aurora_global_db_status() where aws_region = $1`,
      [region],
    );
    const [row] = rows;
    // The query gives these three columns, each of which may be null.
    return row ? (row as unknown as SeenLag) : null;
  },
  decide({ region }, seen, _acted, { observedAt }) {
    const known = seen?.lagMs != null && seen.lagMs >= 0 ? seen.lagMs / 1_000 : null;
    const stale = seen?.age == null || seen.age > STALE_SECONDS;
    const because = unknownBecause(region, seen, known, stale);
    return done({
      lagSeconds: because === null ? known : null,
      lastKnownLagSeconds: known,
      readAt: observedAt,
      staleSince: stale && seen?.calculated ? seen.calculated.toISOString() : null,
      because,
    });
  },
});

function unknownBecause(region: string, seen: SeenLag | null, known: number | null, stale: boolean): string | null {
  if (seen === null) return `aurora_global_db_status() has no row for ${region}`;
  if (known === null) return 'the function gives no lag';
  if (!stale) return null;
  return seen.age === null
    ? 'the function does not say when it was calculated'
    : `last calculated ${Math.round(seen.age)} s ago`;
}
