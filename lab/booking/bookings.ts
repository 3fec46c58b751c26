import type { QueryResult } from 'pg';
import type { TransactionClient } from '../../lease/participant.ts';

/** One database connection, as far as bookings need it. */
export interface SqlClient extends TransactionClient {
  query(sql: string, values?: readonly unknown[]): Promise<QueryResult>;
}

export interface BookingRequest {
  readonly id: string;
  readonly practitioner: string;
  readonly slot: string | null;
  readonly vantage: string | null;
  readonly number: number | null;
  readonly canary: boolean;
}

export interface Booked {
  readonly id: string;
  readonly region: string;
  readonly epoch: number | null;
}

/** One statement, so that the reminder costs no round trip. Nobody is reminded of a canary. */
const BOOK = `
with booked as (
  insert into bookings (id, practitioner, slot, vantage, number, canary, epoch, region)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  on conflict (id) do nothing
  returning id, region, epoch, canary
), reminded as (
  insert into reminders (booking_id, channel) select id, 'email' from booked where not canary
)
select id, region, epoch from booked`;

const READ = 'select id, practitioner, region, epoch, number from bookings where id = $1';

const NEWEST = `
select id, number, region from bookings
where practitioner = $1 and ($2::text is null or vantage = $2)
order by number desc nulls last, created_at desc limit 1`;

/** Books and has a reminder sent, inside the caller's transaction; a booking that is there already is answered as it stands. */
export async function book(
  client: SqlClient,
  request: BookingRequest,
  by: { readonly region: string; readonly epoch: number },
): Promise<{ readonly created: boolean; readonly booked: Booked }> {
  const { id, practitioner, slot, vantage, number, canary } = request;
  const values = [id, practitioner, slot, vantage, number, canary, by.epoch, by.region];
  const inserted = await client.query(BOOK, values);
  if (inserted.rows.length > 0) return { created: true, booked: bookedOf(inserted.rows[0]) };
  const found = await client.query(READ, [id]);
  return { created: false, booked: bookedOf(found.rows[0]) };
}

/** The booking as people may see it, or `null`. */
export async function readBooking(client: SqlClient, id: string): Promise<object | null> {
  const { rows } = await client.query(READ, [id]);
  const row = rows[0];
  if (row === undefined) return null;
  return { ...bookedOf(row), practitioner: row.practitioner, number: wholeOrNull(row.number) };
}

/** The booking with the highest number of a practitioner, and of a vantage where one is named. */
export async function newestBooking(
  client: SqlClient,
  practitioner: string,
  vantage: string | null,
): Promise<object | null> {
  const { rows } = await client.query(NEWEST, [practitioner, vantage]);
  const row = rows[0];
  return row === undefined ? null : { id: row.id, number: wholeOrNull(row.number), region: row.region };
}

/** `pg` gives bigint as text. */
const wholeOrNull = (value: string | null): number | null => (value === null ? null : Number(value));

const bookedOf = (row: { id: string; region: string; epoch: string | null }): Booked => ({
  id: row.id,
  region: row.region,
  epoch: wholeOrNull(row.epoch),
});
