import type { SqlClient } from './bookings.ts';

/** What a service does that joined the lease and then forgot it: a plain transaction, whoever may write. */
export async function writeIgnoringLease<T>(client: SqlClient, work: (client: SqlClient) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  const result = await work(client);
  await client.query('COMMIT');
  return result;
}
