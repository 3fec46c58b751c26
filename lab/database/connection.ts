import { Socket } from 'node:net';
import pg from 'pg';
import type { Endpoint } from '../topology.ts';

export type Row = Record<string, unknown>;

const DEADLINE_MS = 5_000;

/** A superuser's session with one PostgreSQL, each call with a deadline: a stopped server answers nothing for ever. */
export class Connection {
  readonly #client: pg.Client;
  readonly #socket = new Socket();

  private constructor(endpoint: Endpoint, deadlineMs: number, signal: AbortSignal | undefined) {
    this.#client = new pg.Client({
      host: endpoint.host,
      port: endpoint.port,
      user: 'postgres',
      database: 'postgres',
      application_name: 'lab',
      connectionTimeoutMillis: deadlineMs,
      query_timeout: deadlineMs,
      stream: () => this.#socket,
    });
    // Reported by the call that fails; without a listener it would end the process.
    this.#client.on('error', () => {});
    const drop = (): void => this.drop();
    signal?.addEventListener('abort', drop);
    this.#socket.once('close', () => signal?.removeEventListener('abort', drop));
  }

  /**
   * @param deadlineMs for connecting and for each query.
   * @param signal drops the session at once, whatever it waits for.
   */
  static async open(endpoint: Endpoint, deadlineMs = DEADLINE_MS, signal?: AbortSignal): Promise<Connection> {
    const connection = new Connection(endpoint, deadlineMs, signal);
    try {
      await connection.#client.connect();
      return connection;
    } catch (error) {
      connection.drop();
      throw error;
    }
  }

  /** With values it is one statement; without, it may be several. */
  async query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const result = values.length > 0 ? await this.#client.query(sql, [...values]) : await this.#client.query(sql);
    return result.rows ?? [];
  }

  /** Says goodbye; only to a server that answers. */
  async close(): Promise<void> {
    await this.#client.end();
  }

  /** Lets go without waiting for anybody. */
  drop(): void {
    this.#socket.destroy();
  }
}

/** One query in a session of its own. */
export async function queryOnce(
  endpoint: Endpoint,
  sql: string,
  values: readonly unknown[] = [],
  deadlineMs = DEADLINE_MS,
): Promise<readonly Row[]> {
  const connection = await Connection.open(endpoint, deadlineMs);
  try {
    const rows = await connection.query(sql, values);
    await connection.close();
    return rows;
  } finally {
    connection.drop();
  }
}
