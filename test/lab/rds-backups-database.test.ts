import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as rds from '@aws-sdk/client-rds';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CallLog } from '../../lab/aws/call-log.ts';
import { RdsTwin } from '../../lab/aws/rds/rds-twin.ts';
import type { RestoredAddresses } from '../../lab/aws/rds/restored-addresses.ts';
import { DatabaseBackups } from '../../lab/backup/database-backups.ts';
import { GlobalDatabase } from '../../lab/database/global-database.ts';
import { Network } from '../../lab/network/network.ts';
import { claimBase } from '../../lab/parts/ports.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import {
  behind,
  clusterId,
  type Durations,
  type Endpoint,
  type Endpoints,
  endpoints,
  kmsKeyArn,
  LAB_DURATIONS,
  REGIONS,
  type Region,
  restoredEndpoints,
  restorePlacement,
} from '../../lab/topology.ts';

const IRELAND = 'eu-west-1';
const PARIS = 'eu-west-3';
/** Slow enough that a copy is in progress for longer than any machine pauses; fast enough that it is done soon. */
const [CRAWL, RUN] = [300_000, 50_000_000];
const DURATIONS = {
  ...LAB_DURATIONS,
  restoreSettling: 50,
  instanceStart: 50,
  instanceDelete: 50,
  clusterDelete: 50,
  snapshotSettling: 50,
  // The whole snapshot is some 30 MB.
  copyBytesPerSecond: RUN,
} satisfies Durations;
const SCHEMA = `create table notes (id int primary key, at timestamptz not null default clock_timestamp())`;
const PATIENT = { timeoutMs: 40_000, everyMs: 50 };

let dir: string;
let control: Server;
let at: Endpoints;
let network: Network;
let database: GlobalDatabase;
let backups: DatabaseBackups;
let twin: RdsTwin;
let clients: Record<Region, rds.RDSClient>;

/** The hidden addresses themselves: links and DNS are another part's. */
function plainAddresses(base: number): RestoredAddresses {
  const taken = new Map<string, Endpoint>();
  return {
    async open(cluster, region) {
      const hosts = [...taken.values()].map(({ host }) => host);
      const free = restoredEndpoints(base, region).find(({ host }) => !hosts.includes(host))!;
      taken.set(cluster, free);
      return { public: free, hidden: behind(free) };
    },
    async rename(cluster, _region, newCluster) {
      taken.set(newCluster, taken.get(cluster)!);
      taken.delete(cluster);
    },
    async close(cluster) {
      taken.delete(cluster);
    },
  };
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'rds-backups-'));
  await chmod(dir, 0o711);
  const cacheDir = path.join(tmpdir(), 'lifeboat-test-cache');
  await mkdir(cacheDir, { recursive: true });
  const claim = await claimBase(null);
  control = claim.control;
  at = endpoints(claim.base);
  network = new Network();
  const [logDir, log] = [path.join(dir, 'logs'), () => undefined];
  database = await GlobalDatabase.create({
    dir: path.join(dir, 'database'),
    cacheDir,
    network,
    endpoints: at,
    schemaSql: SCHEMA,
    log,
    logDir,
    standby: false,
    archive: { dir: path.join(dir, 'archive'), timeoutSeconds: 1 },
  });
  backups = await DatabaseBackups.create({
    database,
    dir: path.join(dir, 'backups'),
    durations: () => DURATIONS,
    log,
    logDir,
  });
  twin = new RdsTwin({
    database,
    durations: () => DURATIONS,
    log: new CallLog(path.join(dir, 'calls.jsonl')),
    say: () => undefined,
    standby: false,
    backups,
    addresses: plainAddresses(claim.base),
  });
  for (const region of REGIONS) await twin.listen(region, behind(at.regions[region].rds));
  clients = { 'eu-west-1': client(IRELAND), 'eu-west-3': client(PARIS) };
});

afterAll(async () => {
  for (const region of REGIONS) clients?.[region]?.destroy();
  await twin?.close();
  await backups?.stop();
  await database?.stop();
  await network?.close();
  await new Promise((resolve) => control.close(resolve));
  await rm(dir, { recursive: true, force: true });
});

function client(region: Region): rds.RDSClient {
  const { host, port } = behind(at.regions[region].rds);
  const credentials = { accessKeyId: 'lifeboat-execute', secretAccessKey: 'none' };
  return new rds.RDSClient({ region, endpoint: `http://${host}:${port}`, credentials, maxAttempts: 1 });
}

async function query({ host, port }: Endpoint, sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = new pg.Client({
    host,
    port,
    user: 'postgres',
    database: 'postgres',
    query_timeout: PATIENT.timeoutMs,
  });
  await connection.connect();
  try {
    return (await connection.query(sql)).rows;
  } finally {
    await connection.end();
  }
}

const writer = () => behind(at.regions[IRELAND].database);
const ids = async (where: Endpoint): Promise<readonly unknown[]> =>
  (await query(where, 'select id from notes order by id')).map(({ id }) => id);
const cluster = async (region: Region, id: string): Promise<rds.DBCluster | undefined> =>
  (await clients[region].send(new rds.DescribeDBClustersCommand({}))).DBClusters!.find(
    (each) => each.DBClusterIdentifier === id,
  );
const snapshot = async (region: Region, id: string): Promise<rds.DBClusterSnapshot | undefined> =>
  (await clients[region].send(new rds.DescribeDBClusterSnapshotsCommand({}))).DBClusterSnapshots!.find(
    (each) => each.DBClusterSnapshotIdentifier === id,
  );

/** Gives a restored cluster its instance; where its server answers. */
async function serve(region: Region, id: string): Promise<Endpoint> {
  await waitUntil(`${id} restored`, async () => (await cluster(region, id))?.Status === 'available', PATIENT);
  const DBInstanceIdentifier = `${id}-1`;
  const instance = { DBInstanceIdentifier, DBInstanceClass: 'db.r6g.large', Engine: 'aurora-postgresql' };
  await clients[region].send(new rds.CreateDBInstanceCommand({ ...instance, DBClusterIdentifier: id }));
  const described = new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier });
  const isAvailable = async () =>
    (await clients[region].send(described)).DBInstances![0]!.DBInstanceStatus === 'available';
  await waitUntil(`${DBInstanceIdentifier} available`, isAvailable, PATIENT);
  return twin.restoredClusters.find((each) => each.id === id)!.address!.hidden;
}

async function remove(region: Region, id: string): Promise<void> {
  await clients[region].send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: `${id}-1` }));
  await clients[region].send(new rds.DeleteDBClusterCommand({ DBClusterIdentifier: id, SkipFinalSnapshot: true }));
  await waitUntil(`${id} gone`, async () => (await cluster(region, id)) === undefined, PATIENT);
}

it('restores a real database to the millisecond asked for, waits for the window to get there, and leaves nothing', async () => {
  const restorable = async () => (await cluster(IRELAND, clusterId(IRELAND)))?.LatestRestorableTime !== undefined;
  await waitUntil('the first base backup', restorable, PATIENT);
  await query(writer(), 'insert into notes (id) values (1)');
  const [row] = await query(writer(), 'select clock_timestamp() as now');
  const wanted = new Date((row!['now'] as Date).getTime() + 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await query(writer(), 'insert into notes (id) values (2)');
  const input = {
    DBClusterIdentifier: 'drill-db',
    SourceDBClusterIdentifier: clusterId(IRELAND),
    VpcSecurityGroupIds: restorePlacement(IRELAND).securityGroups,
  };
  const future = new rds.RestoreDBClusterToPointInTimeCommand({
    ...input,
    RestoreToTime: new Date(Date.now() + 3_600_000),
  });
  await expect(clients[IRELAND].send(future)).rejects.toMatchObject({ name: 'InvalidRestoreFault' });
  await waitUntil(
    'the window holds the instant',
    async () => ((await cluster(IRELAND, clusterId(IRELAND)))?.LatestRestorableTime ?? 0) >= wanted,
    PATIENT,
  );
  await clients[IRELAND].send(new rds.RestoreDBClusterToPointInTimeCommand({ ...input, RestoreToTime: wanted }));
  const restored = await serve(IRELAND, 'drill-db');
  expect(await ids(restored)).toEqual([1]);
  expect(await ids(writer())).toEqual([1, 2]);
  await remove(IRELAND, 'drill-db');
  await expect(query(restored, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

it('copies a real snapshot across regions at its pace and restores it under the name of the missing standby', async () => {
  await query(writer(), 'insert into notes (id) values (3)');
  const names = { DBClusterSnapshotIdentifier: 'before', DBClusterIdentifier: clusterId(IRELAND) };
  await clients[IRELAND].send(new rds.CreateDBClusterSnapshotCommand(names));
  await waitUntil('taken', async () => (await snapshot(IRELAND, 'before'))?.Status === 'available', PATIENT);
  await query(writer(), 'insert into notes (id) values (4)');
  const copyTo = (TargetDBClusterSnapshotIdentifier: string) =>
    clients[PARIS].send(
      new rds.CopyDBClusterSnapshotCommand({
        SourceDBClusterSnapshotIdentifier: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:before',
        TargetDBClusterSnapshotIdentifier,
        KmsKeyId: kmsKeyArn(PARIS),
      }),
    );
  DURATIONS.copyBytesPerSecond = CRAWL;
  await copyTo('cancelled');
  const progress = async () => (await snapshot(PARIS, 'cancelled'))!.PercentProgress!;
  await waitUntil('some progress', async () => (await progress()) > 0, PATIENT);
  expect(await snapshot(PARIS, 'cancelled')).toMatchObject({ Status: 'copying' });
  await clients[PARIS].send(new rds.DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: 'cancelled' }));
  DURATIONS.copyBytesPerSecond = RUN;
  await copyTo('copied');
  await waitUntil('copied', async () => (await snapshot(PARIS, 'copied'))?.Status === 'available', PATIENT);
  expect(await snapshot(PARIS, 'cancelled')).toBeUndefined();
  const id = clusterId(PARIS);
  await clients[PARIS].send(
    new rds.RestoreDBClusterFromSnapshotCommand({
      DBClusterIdentifier: id,
      SnapshotIdentifier: 'copied',
      Engine: 'aurora-postgresql',
    }),
  );
  expect(await ids(await serve(PARIS, id))).toEqual([1, 2, 3]);
  expect((await cluster(PARIS, id))!.Endpoint).toBe('booking-eu-west-3.cluster.lab.test');
  await remove(PARIS, id);
});
