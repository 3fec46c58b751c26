import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as rds from '@aws-sdk/client-rds';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CallLog } from '../../lab/aws/call-log.ts';
import { RdsTwin } from '../../lab/aws/rds/rds-twin.ts';
import { GlobalDatabase } from '../../lab/database/global-database.ts';
import { Network } from '../../lab/network/network.ts';
import { claimBase } from '../../lab/parts/ports.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import {
  behind,
  clusterArn,
  type Durations,
  type Endpoints,
  endpoints,
  LAB_DURATIONS,
  REGIONS,
  type Region,
} from '../../lab/topology.ts';

const DURATIONS: Durations = {
  ...LAB_DURATIONS,
  failoverPending: 50,
  failingOver: 50,
  switchingOver: 50,
  failoverSettling: 50,
};
const SCHEMA = 'create table bookings (id text primary key)';
/** Real servers change roles meanwhile: seconds on an idle machine, several times as many on a busy one. */
const PATIENT = { timeoutMs: 40_000, everyMs: 25 };
const GLOBAL = { GlobalClusterIdentifier: 'booking-global' };
const to = (region: Region) => ({ ...GLOBAL, TargetDbClusterIdentifier: clusterArn(region) });

let dir: string;
let control: Server;
let at: Endpoints;
let network: Network;
let database: GlobalDatabase;
let twin: RdsTwin;
let clients: Record<Region, rds.RDSClient>;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'rds-twin-database-'));
  // PostgreSQL's account must be able to enter.
  await chmod(dir, 0o711);
  const cacheDir = path.join(tmpdir(), 'lifeboat-test-cache');
  await mkdir(cacheDir, { recursive: true });
  const claim = await claimBase(null);
  control = claim.control;
  at = endpoints(claim.base);
  network = new Network();
  const logDir = path.join(dir, 'logs');
  database = await GlobalDatabase.create({
    dir,
    cacheDir,
    network,
    endpoints: at,
    schemaSql: SCHEMA,
    log: () => {},
    logDir,
  });
  const log = new CallLog(path.join(dir, 'calls.jsonl'));
  twin = new RdsTwin({ database, durations: () => DURATIONS, log, say: () => {} });
  for (const region of REGIONS) await twin.listen(region, behind(at.regions[region].rds));
  clients = { 'eu-west-1': client('eu-west-1'), 'eu-west-3': client('eu-west-3') };
});

afterEach(async () => {
  for (const region of REGIONS) clients?.[region]?.destroy();
  await twin?.close();
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

async function query(region: Region, sql: string): Promise<readonly Record<string, unknown>[]> {
  const { host, port } = behind(at.regions[region].database);
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

const globalSeenIn = async (region: Region): Promise<rds.GlobalCluster> =>
  (await clients[region].send(new rds.DescribeGlobalClustersCommand(GLOBAL))).GlobalClusters![0]!;
const memberOf = (cluster: rds.GlobalCluster, region: Region): rds.GlobalClusterMember =>
  cluster.GlobalClusterMembers!.find((member) => member.DBClusterArn === clusterArn(region))!;
const idle = (region: Region): Promise<void> =>
  waitUntil('idle', async () => (await globalSeenIn(region)).FailoverState === undefined, PATIENT);

it('moves a real writer by switchover without loss, shows the old one follow, and says which port it listens on', async () => {
  await query('eu-west-1', `insert into bookings values ('before')`);
  await clients['eu-west-1'].send(new rds.SwitchoverGlobalClusterCommand(to('eu-west-3')));
  await idle('eu-west-1');
  expect(memberOf(await globalSeenIn('eu-west-3'), 'eu-west-3')).toMatchObject({ IsWriter: true });
  // An answer of the new primary that comes late counts as not connected, so one look proves nothing.
  await waitUntil(
    'the old one follows',
    async () => {
      const old = memberOf(await globalSeenIn('eu-west-3'), 'eu-west-1');
      return old.IsWriter === false && old.SynchronizationStatus === 'connected';
    },
    PATIENT,
  );
  await query('eu-west-3', `insert into bookings values ('after')`);
  expect(await query('eu-west-3', 'select id from bookings order by id')).toEqual([{ id: 'after' }, { id: 'before' }]);
  expect(await query('eu-west-1', 'select pg_is_in_recovery() as follows')).toEqual([{ follows: true }]);
  const { DBClusters } = await clients['eu-west-3'].send(new rds.DescribeDBClustersCommand({}));
  expect(DBClusters![0]!.Port).toBe(at.regions['eu-west-3'].database.port);
});

it('promotes a real standby after the primary was killed, and keeps the old one pending-resync until it is rebuilt', async () => {
  twin.markLost('eu-west-1');
  await database.kill('eu-west-1');
  const planned = clients['eu-west-3'].send(new rds.FailoverGlobalClusterCommand(to('eu-west-3')));
  await expect(planned).rejects.toMatchObject({ name: 'InvalidGlobalClusterStateFault' });
  await clients['eu-west-3'].send(new rds.FailoverGlobalClusterCommand({ ...to('eu-west-3'), AllowDataLoss: true }));
  await idle('eu-west-3');
  await query('eu-west-3', `insert into bookings values ('after')`);
  const seen = memberOf(await globalSeenIn('eu-west-3'), 'eu-west-1');
  expect(seen).toMatchObject({ IsWriter: false, SynchronizationStatus: 'pending-resync' });
  twin.markHealed('eu-west-1');
  await database.revive('eu-west-1');
  await waitUntil(
    'connected again',
    async () => memberOf(await globalSeenIn('eu-west-3'), 'eu-west-1').SynchronizationStatus === 'connected',
    PATIENT,
  );
  const { DBClusters } = await clients['eu-west-1'].send(new rds.DescribeDBClustersCommand({}));
  expect(DBClusters![0]!.Status).toBe('available');
});

it('answers while the primary is frozen, and shows the secondary as not connected', async () => {
  database.freeze('eu-west-1');
  const secondary = memberOf(await globalSeenIn('eu-west-3'), 'eu-west-3');
  expect(secondary.SynchronizationStatus).toBe('pending-resync');
  database.thaw('eu-west-1');
  await waitUntil(
    'connected after the thaw',
    async () => memberOf(await globalSeenIn('eu-west-3'), 'eu-west-3').SynchronizationStatus === 'connected',
    PATIENT,
  );
});
