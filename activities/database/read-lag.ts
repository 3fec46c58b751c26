import { done } from '../../domain/action.ts';
import { readLag as contract } from '../../runbooks/actions/database/read-lag.ts';
import { implement } from '../attempt/implement.ts';

/** Older than this, a lag says how far behind the standby was, not how far it is. */
const STALE_SECONDS = 2;

export const readLag = implement(contract, {
  async observe(clients, { region }) {
    const rows = await clients.query(
      region,
      `select rpo_lag_in_msec::float8 as lag, last_lag_calculation_time as calculated,
              extract(epoch from clock_timestamp() - last_lag_calculation_time)::float8 as age
         from aurora_global_db_status() where aws_region = $1`,
      [region],
    );
    const [row] = rows;
    return row ? { lagMs: row['lag'] as number | null, calculated: row['calculated'] as Date | null, age: row['age'] as number | null } : null;
  },
  decide({ region }, seen, _acted, { observedAt }) {
    const known = seen?.lagMs !== null && seen !== null && seen.lagMs >= 0 ? seen.lagMs / 1_000 : null;
    const stale = seen?.age == null || seen.age > STALE_SECONDS;
    const because =
      seen === null
        ? `aurora_global_db_status() has no row for ${region}`
        : known === null
          ? 'the function gives no lag'
          : stale
            ? `last calculated ${Math.round(seen.age ?? 0)} s ago`
            : null;
    return done({
      lagSeconds: because === null ? known : null,
      lastKnownLagSeconds: known,
      readAt: observedAt,
      staleSince: stale && seen?.calculated ? seen.calculated.toISOString() : null,
      because,
    });
  },
});
