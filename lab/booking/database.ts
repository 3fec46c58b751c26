import pg from 'pg';
import { freshSocket } from './fresh-socket.ts';
import type { BookingSettings } from './settings.ts';

/** The service's connections to its own region's database. */
export class Database {
  readonly #pool: pg.Pool;
  #answering: Promise<boolean> | null = null;

  constructor(settings: BookingSettings) {
    this.#pool = new pg.Pool({
      host: settings.databaseHost,
      port: settings.databasePort,
      user: 'postgres',
      database: 'postgres',
      application_name: settings.id,
      max: 8,
      idleTimeoutMillis: 5_000,
      // A frozen server enforces no timeout of its own: both must be the client's.
      connectionTimeoutMillis: 1_000,
      query_timeout: 1_500,
      stream: () => freshSocket(settings),
    });
    // An idle connection that breaks is dropped by the pool; unheard, its error would end the process.
    this.#pool.on('error', () => undefined);
  }

  /** Lends a connection. One that saw any error is closed, so that the next is opened to where the name points now. */
  async with<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    const ignore = () => undefined;
    client.on('error', ignore);
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  /** Whether the database answers now; callers that ask at the same time share one question. */
  answers(): Promise<boolean> {
    this.#answering ??= this.with((client) => client.query('select 1'))
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.#answering = null;
      });
    return this.#answering;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
