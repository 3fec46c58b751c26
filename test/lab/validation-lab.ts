import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RDSClient } from '@aws-sdk/client-rds';
import pg from 'pg';
import { named } from '../../activities/clients/call-failure.ts';
import type { Clients } from '../../activities/clients/clients.ts';
import { SqlClient } from '../../activities/clients/sql-client.ts';
import { bookmark } from '../../activities/database/bookmark.ts';
import { validate } from '../../activities/database/validate.ts';
import type { Decision } from '../../domain/action.ts';
import { shapeOf } from '../../domain/errors.ts';
import type { Service, ServiceValidation } from '../../domain/service.ts';
import { BOOKING_SCHEMA_SQL } from '../../lab/booking/schema.ts';
import { type Binaries, postgresBinaries } from '../../lab/database/binaries.ts';
import { Connection, queryOnce } from '../../lab/database/connection.ts';
import { openCopiedInstance } from '../../lab/database/copied-instance.ts';
import { copyFolder } from '../../lab/database/copy-folder.ts';
import { Instance } from '../../lab/database/instance.ts';
import { copySettings } from '../../lab/database/settings.ts';
import { clusterTemplate } from '../../lab/database/template.ts';
import { AuthoritativeServer } from '../../lab/dns/authoritative-server.ts';
import { HealthChecks } from '../../lab/dns/health-checks.ts';
import { Zone } from '../../lab/dns/zone.ts';
import { type Endpoint, LAB_DURATIONS } from '../../lab/topology.ts';
import type { Bookmark } from '../../runbooks/actions/database/bookmark-schema.ts';
import type { Validation } from '../../runbooks/actions/database/validate.ts';
import { EXAMPLE_SERVICE } from '../../runbooks/example-service.ts';
import { freeEndpoint } from './free-port.ts';

export const REGION = 'eu-west-1';
const CACHE = path.join(tmpdir(), 'lifeboat-test-cache');
const ZONE = 'cluster.test';
const MOST_ATTEMPTS = 3;
/** A database to stand in while another is copied. */
const ELSEWHERE = 'elsewhere';

/** What the booking schema leaves out: keys of several columns, and a table that keeps its own numbers. */
const MORE_SCHEMA = `
create table rooms (site text, number int, primary key (site, number));
create table equipment (id serial primary key, site text, room int, constraint equipment_room foreign key (site, room) references rooms);
create function shortened(text) returns text immutable language sql as $$ select left($1, 3) $$;
create index bookings_shortened on bookings (shortened(practitioner));
`;

export const VALIDATION: ServiceValidation = {
  deadlineSeconds: 60,
  tables: ['bookings', 'reminders'].map((table) => ({
    table,
    keyColumn: 'id',
    timestampColumn: 'created_at',
    // So long may a slow machine take from writing the newest rows to the bookmark that does not count them yet.
    settledAfterSeconds: 30,
    bucketSeconds: 10,
  })),
  invariants: [
    {
      id: 'no-double-canary',
      says: 'a vantage uses each number once',
      sql: 'select vantage, number from bookings where canary group by 1, 2 having count(*) > 1;',
    },
    {
      id: 'no-reminder-before-its-booking',
      says: 'nobody is reminded of what is not booked yet',
      sql: 'select r.id from reminders r join bookings b on b.id = r.booking_id where r.created_at < b.created_at',
    },
  ],
};

export interface ValidationLab {
  readonly source: Database & {
    /** A session that stays open until it is closed. */
    session(): Promise<Connection>;
  };
  /** A copy of the source's files as they are now, opened apart, on the service's own database. */
  openCopy(): Promise<Copy>;
  /** The SQL client of a service on the source, and how often it asked AWS for an endpoint. */
  client(): { readonly sql: SqlClient; readonly rds: RDSClient; readonly described: readonly string[] };
  bookmark(options?: { asOf?: string; service?: Service }): Promise<Bookmark>;
  close(): Promise<void>;
}

export interface Database {
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

export interface Copy extends Database {
  /** Its data directory. */
  readonly folder: string;
  /** The same files once more as a database of their own, so that each test has one to damage. */
  twin(name: string): Promise<TwinDatabase>;
}

export interface TwinDatabase extends Database {
  validate(bookmark: Bookmark | null, change?: Partial<Service['database']>): Promise<Decision<Validation>>;
}

/** A service whose database is called so. */
export const serviceOn = (databaseName: string, change: Partial<Service['database']> = {}): Service => {
  const { passwordFile: _trusted, ...database } = EXAMPLE_SERVICE.database;
  return {
    ...EXAMPLE_SERVICE,
    database: {
      ...database,
      user: 'postgres',
      databaseName,
      validation: VALIDATION,
      regions: { [REGION]: { cluster: 'source', arn: `arn:aws:rds:${REGION}:123456789012:cluster:source` } },
      ...change,
    },
  };
};

/** A real PostgreSQL with the booking schema, and name servers that know it and its copies by their endpoints. */
export async function validationLab(): Promise<ValidationLab> {
  const dir = await mkdtemp(path.join(tmpdir(), 'lifeboat-validation-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    await chmod(dir, 0o711);
    await mkdir(CACHE, { recursive: true });
    const binaries = await postgresBinaries(CACHE);
    const names = await nameServer(closing);
    const source = await startSource(dir, binaries);
    closing.push(() => source.stop());
    names.add('source', source.listen);
    await source.query(BOOKING_SCHEMA_SQL + MORE_SCHEMA, [], 60_000);
    let copies = 0;
    return {
      source: {
        sql: (text, values) => source.query(text, values, 60_000),
        session: () => Connection.open(source.listen, 60_000),
      },
      client: () => ({ sql: sqlClient(names, serviceOn('postgres')), rds: names.rds, described: names.described }),
      bookmark: ({ asOf, service = serviceOn('postgres') } = {}) =>
        act(names, service, async (clients, context) => {
          const input = { region: REGION, cluster: 'source', asOf: asOf ?? null };
          const decision = bookmark.decide(input, await bookmark.observe(clients, input, context), null, {
            ...context,
            observedAt: new Date().toISOString(),
          });
          if (decision.kind !== 'done') throw new Error(JSON.stringify(decision));
          // As it reaches the validation: through its contract, as JSON.
          return bookmark.contract.output.parse(JSON.parse(JSON.stringify(decision.output)));
        }),
      openCopy: async () => {
        copies += 1;
        const folder = path.join(dir, `copy-${copies}`);
        const listen = await freeEndpoint('127.0.1.21');
        const copy = await openCopiedInstance({
          of: source,
          binaries,
          folder,
          listen,
          log: path.join(dir, `copy-${copies}.log`),
        });
        closing.push(() => copy.close());
        names.add(`copy-${copies}`, listen);
        await queryOnce(listen, `create database ${ELSEWHERE} template postgres`, [], 60_000);
        return copyOf(names, `copy-${copies}`, { listen, folder });
      },
      close,
    };
  } catch (caught) {
    await close();
    throw caught;
  }
}

interface Names {
  readonly resolver: Endpoint;
  add(cluster: string, at: Endpoint): void;
  /** What AWS would say of a cluster. */
  readonly rds: RDSClient;
  readonly described: readonly string[];
}

async function nameServer(closing: (() => Promise<unknown>)[]): Promise<Names> {
  const zone = new Zone({ name: ZONE, id: 'ZVALIDATION' });
  const checks = new HealthChecks({ durations: () => LAB_DURATIONS });
  const server = new AuthoritativeServer({ zone, checks, lagMs: () => 0 });
  const resolver = await freeEndpoint('127.0.9.54');
  await server.listen(resolver);
  closing.push(() => server.close());
  const ports = new Map<string, number>();
  const described: string[] = [];
  return {
    resolver,
    described,
    add(cluster, { host, port }) {
      ports.set(cluster, port);
      const record = { name: `${cluster}.${ZONE}`, type: 'A' as const, ttlSeconds: 5, values: [host] };
      zone.apply([{ action: 'CREATE', record }]);
    },
    rds: {
      send: async ({ input }: { input: { DBClusterIdentifier: string } }) => {
        const { DBClusterIdentifier: cluster } = input;
        described.push(cluster);
        return { DBClusters: [{ Endpoint: `${cluster}.${ZONE}`, Port: ports.get(cluster) }] };
      },
    } as unknown as RDSClient,
  };
}

async function startSource(dir: string, binaries: Binaries): Promise<Instance> {
  const dataDirectory = path.join(dir, 'source');
  await copyFolder(await clusterTemplate(binaries, CACHE), dataDirectory);
  const listen = await freeEndpoint('127.0.1.20');
  const log = path.join(dir, 'source.log');
  const source = new Instance({ name: 'source', binaries, dataDirectory, listen, settings: copySettings(listen), log });
  await source.start();
  return source;
}

function copyOf(names: Names, cluster: string, at: { readonly listen: Endpoint; readonly folder: string }): Copy {
  const sqlOn = async (database: string, text: string, values?: readonly unknown[]) => {
    const client = new pg.Client({ ...at.listen, user: 'postgres', database });
    await client.connect();
    try {
      return (await client.query(text, values && [...values])).rows ?? [];
    } finally {
      await client.end();
    }
  };
  return {
    folder: at.folder,
    sql: (text, values) => sqlOn('postgres', text, values),
    async twin(name) {
      // Nobody may stand in a database that is copied.
      await sqlOn(ELSEWHERE, `create database "${name}" template postgres strategy file_copy`);
      return {
        sql: (text, values) => sqlOn(name, text, values),
        validate: (mark, change = {}) =>
          act(names, serviceOn(name, change), async (clients, context) => {
            const input = { region: REGION, cluster, bookmark: mark };
            const seen = await validate.observe(clients, input, context);
            const decision = validate.decide(input, seen, null, { ...context, observedAt: new Date().toISOString() });
            if (decision.kind === 'done') validate.contract.output.parse(decision.output);
            return decision;
          }),
      };
    },
  };
}

/**
 * Clients that can do nothing but ask several statements together, as the worker's own would. What may be repeated is, as the engine
 * does: a paused machine may take longer to connect than the client waits.
 */
async function act<Result>(
  names: Names,
  service: Service,
  work: (clients: Clients, context: Parameters<typeof validate.observe>[2]) => Promise<Result>,
): Promise<Result> {
  const sql = sqlClient(names, service);
  const clients = {
    queryTogether: (at, statements, timeoutMs) =>
      named(`SQL on ${at.cluster}`, sql.readTogether(at, names.rds, statements, timeoutMs)),
  } as Pick<Clients, 'queryTogether'> as Clients;
  const attempt = () =>
    work(clients, {
      executionId: 'dr-1',
      stepId: 'validate',
      mode: 'drill',
      service,
      startedAt: new Date(),
      signal: AbortSignal.timeout(120_000),
    });
  for (let left = MOST_ATTEMPTS - 1; ; left -= 1) {
    try {
      return await attempt();
    } catch (caught) {
      if (left === 0 || !shapeOf(caught).retryable) throw caught;
    }
  }
}

const sqlClient = (names: Names, service: Service): SqlClient =>
  new SqlClient(service, { resolvers: [`${names.resolver.host}:${names.resolver.port}`] });
