/** The booking service's own schema, as its team would migrate it: nothing in it is for Lifeboat but the canary's columns. */
export const BOOKING_SCHEMA_SQL = `
create table bookings (
  id text primary key,
  practitioner text not null,
  slot timestamptz,
  vantage text,
  number bigint,
  canary boolean not null default false,
  epoch bigint,
  region text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index bookings_newest on bookings (practitioner, vantage, number desc nulls last);
`;
