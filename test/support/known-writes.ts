import pg from 'pg';
import { boundTo } from '../../lab/observer/bound-socket.ts';
import { addressIn, type Endpoint } from '../../lab/topology.ts';

const LOCAL_ADDRESS = addressIn('outside', 70);
const PRACTITIONER = 'known-writes';

/** A row that the test wrote itself, with the microsecond at which the database committed it. */
export interface KnownRow {
  readonly id: string;
  readonly committedMicros: bigint;
}

async function connect(to: Endpoint): Promise<pg.Client> {
  const client = new pg.Client({
    ...to,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
    stream: () => boundTo(LOCAL_ADDRESS),
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Ids of the known rows a database holds, sorted. */
export async function knownIds(of: Endpoint): Promise<readonly string[]> {
  const client = await connect(of);
  try {
    const { rows } = await client.query<{ id: string }>('select id from bookings where practitioner = $1 order by id', [
      PRACTITIONER,
    ]);
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}

/** Writes a row every so often, each in a transaction of its own, and knows when each was committed. */
export class KnownWrites {
  readonly #client: pg.Client;
  readonly #rows: KnownRow[] = [];
  readonly #deleted = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async begin(source: Endpoint, pauseMs: () => number): Promise<KnownWrites> {
    const writes = new KnownWrites(await connect(source));
    writes.#writing = writes.#run(pauseMs);
    // Told by `stop`, and not before as an error of nobody's, should the source go away.
    writes.#writing.catch(() => undefined);
    return writes;
  }

  /** Everything committed so far, oldest first, also what was deleted since. */
  get rows(): readonly KnownRow[] {
    return this.#rows;
  }

  isDeleted(id: string): boolean {
    return this.#deleted.has(id);
  }

  async delete(id: string): Promise<void> {
    await this.#client.query('delete from bookings where id = $1', [id]);
    this.#deleted.add(id);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
    await this.#client.end();
  }

  async #run(pauseMs: () => number): Promise<void> {
    for (let number = 0; !this.#stopped; number += 1) {
      const id = `known-${String(number).padStart(6, '0')}`;
      await this.#client.query("insert into bookings (id, practitioner, region) values ($1, $2, 'eu-west-1')", [
        id,
        PRACTITIONER,
      ]);
      const { rows } = await this.#client.query<{ micros: string }>(
        'select (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint as micros from bookings where id = $1',
        [id],
      );
      this.#rows.push({ id, committedMicros: BigInt(rows[0]!.micros) });
      await new Promise((resolve) => setTimeout(resolve, pauseMs()));
    }
  }
}
