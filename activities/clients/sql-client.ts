import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { DescribeDBClustersCommand, type RDSClient } from '@aws-sdk/client-rds';
import pg from 'pg';
import { LifeboatError } from '../../domain/errors.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { resolveName } from './name-resolver.ts';

const CONNECT_MS = 1_500;
const QUERY_MS = 3_000;

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Short SQL sessions on a region's own cluster endpoint. A frozen server is bounded by the client's own deadlines. */
export class SqlClient {
  readonly #service: Service;
  readonly #network: Configuration['network'];
  readonly #endpoints = new Map<string, Endpoint>();

  constructor(service: Service, network: Configuration['network']) {
    this.#service = service;
    this.#network = network;
  }

  /** Runs one statement in a read-only transaction: a write is refused by the database itself. */
  read(region: string, rds: RDSClient, sql: string, values: readonly unknown[], timeoutMs?: number) {
    return this.#session(region, rds, 'begin transaction read only', sql, values, timeoutMs ?? QUERY_MS);
  }

  write(region: string, rds: RDSClient, sql: string, values: readonly unknown[]) {
    return this.#session(region, rds, 'begin', sql, values, QUERY_MS);
  }

  async #session(
    region: string,
    rds: RDSClient,
    begin: string,
    sql: string,
    values: readonly unknown[],
    timeoutMs: number,
  ): Promise<readonly Record<string, unknown>[]> {
    const { host, port } = await this.#endpoint(region, rds);
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
      await client.query(begin);
      // The extended protocol takes one statement only: none can end the transaction and go on outside it.
      const statement: pg.QueryConfig & { readonly queryMode: 'extended' } = {
        text: sql,
        values: [...values],
        queryMode: 'extended',
      };
      const { rows } = await client.query<Record<string, unknown>>(statement);
      await client.query('commit');
      return rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The cluster's writer endpoint as AWS names it. Kept: it does not change with a failover, its DNS answer does. */
  async #endpoint(region: string, rds: RDSClient): Promise<Endpoint> {
    const known = this.#endpoints.get(region);
    if (known) return known;
    const cluster = this.#service.database.regions[region]?.cluster;
    if (!cluster) throw new LifeboatError('DR_REGION_UNKNOWN', `${this.#service.name} has no database in ${region}`);
    const { DBClusters } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
    const found = DBClusters?.[0];
    if (!found?.Endpoint) {
      throw new LifeboatError('DR_DB_UNREACHABLE', `${cluster} has no endpoint`, { field: cluster });
    }
    const endpoint = { host: found.Endpoint, port: found.Port ?? 5432 };
    this.#endpoints.set(region, endpoint);
    return endpoint;
  }

  async #password(): Promise<{ readonly password?: string }> {
    const { passwordFile } = this.#service.database;
    return passwordFile === undefined ? {} : { password: (await readFile(passwordFile, 'utf8')).trim() };
  }
}

/** A socket that leaves from the configured source address. */
function socketFrom(localAddress: string | undefined): Socket {
  const socket = new Socket();
  if (localAddress === undefined) return socket;
  const connect = socket.connect.bind(socket) as (options: object, listener?: () => void) => Socket;
  socket.connect = ((port: number, host: string) => connect({ port, host, localAddress })) as typeof socket.connect;
  return socket;
}
