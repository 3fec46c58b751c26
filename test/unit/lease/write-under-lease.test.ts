import { expect, test } from 'vitest';
import { type LeaseHolder, type TransactionClient, writeUnderLease } from '../../../lease/participant.ts';

/** A lease whose state the test changes while the write runs. */
class Lease implements LeaseHolder {
  left = 1_000;
  epoch = 4;
  holds(): boolean {
    return this.left > 0;
  }
  millisecondsLeft(): number {
    return this.left;
  }
}

/** A connection that answers everything, notes it, and lets the test act while one statement is on its way. */
class Connection implements TransactionClient {
  readonly sent: string[] = [];
  during: (sql: string) => void = () => undefined;
  listener: ((error: Error) => void) | undefined;
  async query(sql: string): Promise<unknown> {
    this.sent.push(sql.split(';')[0]!);
    await Promise.resolve();
    this.during(sql);
    return undefined;
  }
  on(_event: 'error', listener: (error: Error) => void): void {
    this.listener = listener;
  }
  off(): void {
    this.listener = undefined;
  }
}

const insert = (connection: Connection) => connection.query('INSERT');
const NOT_HELD = { shape: { code: 'DR_LEASE_NOT_HELD' } };

test('commits while the lease is held, and lets the database end the transaction well before the lease', async () => {
  const [lease, connection] = [new Lease(), new Connection()];
  let begin = '';
  connection.during = (sql) => {
    if (sql.startsWith('BEGIN')) begin = sql;
  };
  const result = await writeUnderLease(lease, connection, async (client, epoch) => {
    await insert(client);
    return epoch;
  });
  expect([result, connection.sent]).toEqual([4, ['BEGIN', 'INSERT', 'COMMIT']]);
  expect(begin).toContain("transaction_timeout = '500ms'");
  expect(connection.listener).toBeUndefined();
});

test('sends nothing at all without the lease', async () => {
  const [lease, connection] = [new Lease(), new Connection()];
  lease.left = 0;
  await expect(writeUnderLease(lease, connection, insert)).rejects.toMatchObject(NOT_HELD);
  expect(connection.sent).toEqual([]);
});

test('writes nothing when BEGIN was so slow that the database’s timer could outlast the lease', async () => {
  const [lease, connection] = [new Lease(), new Connection()];
  connection.during = (sql) => {
    if (sql.startsWith('BEGIN')) lease.left = 499;
  };
  await expect(writeUnderLease(lease, connection, insert)).rejects.toMatchObject(NOT_HELD);
  expect(connection.sent).toEqual(['BEGIN', 'ROLLBACK']);
});

test('rolls back when the lease ran out during the work', async () => {
  const [lease, connection] = [new Lease(), new Connection()];
  connection.during = (sql) => {
    if (sql === 'INSERT') lease.left = 0;
  };
  await expect(writeUnderLease(lease, connection, insert)).rejects.toMatchObject(NOT_HELD);
  expect(connection.sent).toEqual(['BEGIN', 'INSERT', 'ROLLBACK']);
});

test('rolls back when the lease came back under another epoch: what was read under the old one may be stale', async () => {
  const [lease, connection] = [new Lease(), new Connection()];
  connection.during = (sql) => {
    if (sql === 'INSERT') lease.epoch = 6;
  };
  await expect(writeUnderLease(lease, connection, insert)).rejects.toMatchObject(NOT_HELD);
  expect(connection.sent.at(-1)).toBe('ROLLBACK');
});

test('survives a session that the database ends between two statements, and knows that nothing was committed', async () => {
  const [lease, connection] = [new Lease(), new Connection()];
  connection.during = (sql) => {
    const ended = Object.assign(new Error('terminating connection due to transaction timeout'), { code: '25P04' });
    if (sql === 'INSERT') connection.listener!(ended);
    if (sql === 'COMMIT') throw new Error('Client has encountered a connection error and is not queryable');
  };
  await expect(writeUnderLease(lease, connection, insert)).rejects.toMatchObject(NOT_HELD);
});

test('passes on what the work threw after rolling back, without waiting for a database that does not answer', async () => {
  const [lease, connection] = [new Lease(), new Connection()];
  const hanging: TransactionClient = {
    query: (sql) => (sql === 'ROLLBACK' ? new Promise(() => undefined) : connection.query(sql)),
  };
  const failing = () => Promise.reject(new Error('no such practitioner'));
  await expect(writeUnderLease(lease, connection, failing)).rejects.toThrow('no such practitioner');
  expect(connection.sent).toEqual(['BEGIN', 'ROLLBACK']);
  await expect(writeUnderLease(lease, hanging, failing)).rejects.toThrow('no such practitioner');
});
