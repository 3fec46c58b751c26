import pg from 'pg';
import { boundTo } from './bound-socket.ts';
import type { BookingRow } from './verdict.ts';

const ROWS = `
select id, region, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as committed_at
from bookings order by created_at`;

/** Every booking a database holds, with the time it was committed there. Needs `track_commit_timestamp = on`. */
export async function readRows(from: {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
}): Promise<readonly BookingRow[]> {
  const client = new pg.Client({
    host: from.host,
    port: from.port,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
    ...(from.localAddress === undefined ? {} : { stream: () => boundTo(from.localAddress!) }),
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; region: string; committed_at: string | null }>(ROWS);
    return rows.map(({ id, region, committed_at }) => ({
      id,
      region,
      committedAt: committed_at === null ? null : Number(committed_at),
    }));
  } finally {
    await client.end();
  }
}
