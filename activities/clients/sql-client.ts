import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { DescribeDBClustersCommand, type RDSClient } from '@aws-sdk/client-rds';
import pg from 'pg';
import { LifeboatError } from '../../domain/errors.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { askOne, askTogether } from './ask-together.ts';
import type { Rows, Statement } from './clients.ts';
import { resolveName } from './name-resolver.ts';

const CONNECT_MS = 1_500;
const QUERY_MS = 3_000;

/** Which cluster is meant, by its identifier; without one, the service's own in that region. */
export interface SqlAddress {
  readonly region: string;
  readonly cluster?: string | undefined;
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Short SQL sessions on the endpoint of a region's cluster. A frozen server is bounded by the client's own deadlines. */
export class SqlClient {
  readonly #service: Service;
  readonly #network: Configuration['network'];
  readonly #endpoints = new Map<string, Endpoint>();

  constructor(service: Service, network: Configuration['network']) {
    this.#service = service;
    this.#network = network;
  }

  /** Runs one statement in a read-only transaction: a write is refused by the database itself. */
  read(at: SqlAddress, rds: RDSClient, statement: Statement, timeoutMs = QUERY_MS): Promise<Rows> {
    return this.#session(at, rds, timeoutMs, (client) =>
      inTransaction(client, 'begin transaction read only', statement),
    );
  }

  /** Several statements in one read-only transaction that sees one instant. The deadline is for all of them together. */
  readTogether(
    at: SqlAddress,
    rds: RDSClient,
    statements: readonly Statement[],
    timeoutMs: number,
  ): Promise<readonly Rows[]> {
    return this.#session(at, rds, timeoutMs, (client) => askTogether(client, statements, timeoutMs));
  }

  write(at: SqlAddress, rds: RDSClient, statement: Statement): Promise<Rows> {
    return this.#session(at, rds, QUERY_MS, (client) => inTransaction(client, 'begin', statement));
  }

  /** @param timeoutMs for each query that has no deadline of its own. */
  async #session<Result>(
    at: SqlAddress,
    rds: RDSClient,
    timeoutMs: number,
    work: (client: pg.Client) => Promise<Result>,
  ): Promise<Result> {
    const { host, port } = await this.#endpoint(at, rds);
    const [resolved] = await resolveName(host, this.#network);
    if (!resolved) throw new LifeboatError('DR_DB_UNREACHABLE', `no resolver knows ${host}`, { field: host });
    const client = new pg.Client({
      host: resolved.address,
      port,
      database: this.#service.database.databaseName,
      user: this.#service.database.user,
      ...(await this.#password()),
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: timeoutMs,
      statement_timeout: timeoutMs,
      application_name: 'lifeboat',
      stream: () => socketFrom(this.#network.localAddress),
    });
    // A connection that breaks later must not end the worker; the query in flight reports it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /**
   * The cluster's writer endpoint as AWS names it. The service's own is kept: it does not change with a failover, its DNS
   * answer does. Others are asked for each time: the name of a restored cluster may come again elsewhere.
   */
  async #endpoint({ region, cluster }: SqlAddress, rds: RDSClient): Promise<Endpoint> {
    const own = this.#service.database.regions[region]?.cluster;
    const wanted = cluster ?? own;
    if (!wanted) throw new LifeboatError('DR_REGION_UNKNOWN', `${this.#service.name} has no database in ${region}`);
    const known = wanted === own ? this.#endpoints.get(region) : undefined;
    if (known) return known;
    const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: wanted }));
    const found = DBClusters?.[0];
    if (!found?.Endpoint) {
      throw new LifeboatError('DR_DB_UNREACHABLE', `${wanted} has no endpoint`, { field: wanted });
    }
    const endpoint = { host: found.Endpoint, port: found.Port ?? 5432 };
    if (wanted === own) this.#endpoints.set(region, endpoint);
    return endpoint;
  }

  async #password(): Promise<{ readonly password?: string }> {
    const { passwordFile } = this.#service.database;
    return passwordFile === undefined ? {} : { password: (await readFile(passwordFile, 'utf8')).trim() };
  }
}

async function inTransaction(client: pg.Client, begin: string, statement: Statement): Promise<Rows> {
  await client.query(begin);
  const rows = await askOne(client, statement);
  await client.query('commit');
  return rows;
}

/** A socket that leaves from the configured source address. */
function socketFrom(localAddress: string | undefined): Socket {
  const socket = new Socket();
  if (localAddress === undefined) return socket;
  const connect = socket.connect.bind(socket) as (options: object, listener?: () => void) => Socket;
  socket.connect = ((port: number, host: string) => connect({ port, host, localAddress })) as typeof socket.connect;
  return socket;
}
