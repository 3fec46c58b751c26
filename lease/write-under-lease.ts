import { LifeboatError } from '../domain/errors.ts';
import type { LeaseHolder } from './lease-store.ts';

/** As much of a `pg` client as a write needs: one connection, used by nobody else meanwhile. */
export interface TransactionClient {
  query(sql: string): Promise<unknown>;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** PostgreSQL's code for a session ended by `transaction_timeout`. */
const TRANSACTION_TIMEOUT = '25P04';
/** A database that does not answer does not answer ROLLBACK either: closing the connection has to do then. */
const ROLLBACK_MS = 250;

/**
 * Runs `work` in a transaction that commits only while the lease is held (PostgreSQL ≥ 17).
 *
 * Checks before BEGIN, when BEGIN is acknowledged and before COMMIT, always for the epoch it began with; and has the
 * database end the session before the lease time does, so that a process frozen between the last check and COMMIT cannot
 * commit when it wakes.
 *
 * @returns what `work` returned, once COMMIT was acknowledged.
 * @throws `DR_LEASE_NOT_HELD` when nothing was or will be committed. Any other error is `work`'s or the database's; one
 *   that ended COMMIT without an answer leaves the outcome unknown. After any error release the connection as broken:
 *   `client.release(true)`.
 */
export async function writeUnderLease<Client extends TransactionClient, T>(
  lease: LeaseHolder,
  client: Client,
  work: (client: Client, epoch: number) => Promise<T>,
): Promise<T> {
  const { epoch } = lease;
  const left = lease.millisecondsLeft();
  // Half, because the database counts from when it reads the line below, which may be a slow network later than now.
  const transactionMs = Math.floor(left / 2);
  if (transactionMs < 1) throw notHeld(lease, epoch, 'before BEGIN');
  // Without a listener, a session the database ends between two statements would end the whole process.
  let ended: unknown;
  const onEnded = (error: Error) => {
    ended = error;
  };
  client.on?.('error', onEnded);
  try {
    // To 0 first: a timer that a default of the role or database started is not shortened by a new value alone.
    await client.query(
      `BEGIN; SET LOCAL transaction_timeout = 0; SET LOCAL transaction_timeout = '${transactionMs}ms'`,
    );
    if (lease.epoch !== epoch || lease.millisecondsLeft() < transactionMs) throw notHeld(lease, epoch, 'after BEGIN');
    const result = await work(client, epoch);
    if (lease.epoch !== epoch || !lease.holds()) throw notHeld(lease, epoch, 'before COMMIT');
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (isTimeout(error) || isTimeout(ended)) throw notHeld(lease, epoch, 'when the database ended the transaction');
    await rollback(client);
    throw error;
  } finally {
    client.off?.('error', onEnded);
  }
}

async function rollback(client: TransactionClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ROLLBACK_MS);
  });
  const rolledBack = client.query('ROLLBACK').then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([rolledBack, late]);
  clearTimeout(timer);
}

function notHeld(lease: LeaseHolder, epoch: number, when: string): LifeboatError {
  const actual = lease.epoch === epoch ? `${lease.millisecondsLeft()} ms of it left` : `epoch ${lease.epoch}`;
  return new LifeboatError(
    'DR_LEASE_NOT_HELD',
    `the write lease must be held under epoch ${epoch} until COMMIT, ${when} there was ${actual}`,
    { field: 'lease', expected: epoch, actual },
  );
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === TRANSACTION_TIMEOUT;
