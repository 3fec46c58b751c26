import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { cachedFolder } from '../../lab/database/cached-folder.ts';
import { GlobalDatabase } from '../../lab/database/global-database.ts';
import { Network } from '../../lab/network/network.ts';
import { addressIn, CONTROL, type Endpoint, type Endpoints, endpoints, HOST, type Region } from '../../lab/topology.ts';

const OLD = 'eu-west-1';
const NEW = 'eu-west-3';
const SCHEMA = 'create table bookings (id text primary key, at timestamptz not null default clock_timestamp());';
const LOST_REGION = [
  { from: '*', to: OLD, mode: 'black_hole' },
  { from: OLD, to: '*', mode: 'black_hole' },
] as const;

const CACHE = path.join(os.tmpdir(), 'lifeboat-test-cache');

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let dir: string;
let network: Network;
let database: GlobalDatabase;
let at: Endpoints;
const opened: { close(): Promise<unknown> }[] = [];

async function startDatabase(schemaSql = SCHEMA, more: { standby?: boolean } = {}): Promise<void> {
  dir = await mkdtemp(path.join(os.tmpdir(), 'lifeboat-database-'));
  await chmod(dir, 0o711);
  await mkdir(CACHE, { recursive: true });
  at = endpoints(await freeBase());
  network = new Network();
  const logDir = path.join(dir, 'logs');
  const options = { dir, cacheDir: CACHE, network, endpoints: at, schemaSql, log: () => {}, logDir, ...more };
  database = await GlobalDatabase.create(options);
}

async function stopDatabase(): Promise<void> {
  await database?.stop();
  await network?.close();
  const left = processesIn(dir);
  await rm(dir, { recursive: true, force: true });
  expect(left, 'processes left behind').toEqual([]);
}

const letGo = () => Promise.all(opened.splice(0).map((resource) => resource.close().catch(() => {})));

describe('a database that lives through it', () => {
  beforeAll(() => startDatabase());
  afterAll(stopDatabase);
  afterEach(async () => {
    network.setRules([]);
    database.setReplicationDelay(0);
    await letGo();
    await eventually(() => database.streaming(NEW));
  });

  test('replicates through the link and reads a small lag on both sides', async () => {
    await write(OLD, 'first');
    await eventually(async () => (await ids(NEW)).includes('first'));
    expect(await database.streaming(NEW)).toBe(true);
    expect(await database.streaming(OLD)).toBe(false);
    await eventually(async () => (await lag(NEW, NEW))?.msec !== undefined);
    for (const side of [OLD, NEW] as const) {
      expect((await lag(side, OLD))?.msec).toBe(-1);
      const standby = await lag(side, NEW);
      expect(standby?.msec).toBeGreaterThanOrEqual(0);
      expect(standby?.msec).toBeLessThan(1_000);
      expect(Date.now() - lagTime(standby)).toBeLessThan(3_000);
    }
  });

  test('switches over and back without losing a row, the old writer following each time', async () => {
    for (const [from, to] of [
      [OLD, NEW],
      [NEW, OLD],
    ] as const) {
      const writer = writeSteadily(from);
      await pause(300);
      await database.switchover(to);
      const acknowledged = await writer.stop();
      await write(to, `by ${to}`);
      const survived = new Set(await ids(to));
      expect(acknowledged.filter(({ id }) => !survived.has(id))).toEqual([]);
      expect(database.writer).toBe(to);
      expect(await database.streaming(from)).toBe(true);
      await eventually(async () => (await ids(from)).includes(`by ${to}`));
      await eventually(async () => ((await lag(to, from))?.msec ?? -1) >= 0);
    }
  });

  test('a switchover waits for a delayed stream rather than lose it', async () => {
    database.setReplicationDelay(1_000);
    await write(OLD, 'under way');
    await database.switchover(NEW);
    expect(await ids(NEW)).toContain('under way');
    database.setReplicationDelay(0);
    await database.switchover(OLD);
  });

  test('refuses a switchover to a standby that does not follow, and goes on writing where it was', async () => {
    network.setRules([{ from: NEW, to: OLD, mode: 'refuse' }]);
    await expect(database.switchover(NEW)).rejects.toThrow(/eu-west-3 does not follow eu-west-1/);
    expect(database.writer).toBe(OLD);
    await write(OLD, 'still here');
  });

  test('the time of the lag stands still while the link is a black hole, and goes on when it heals', async () => {
    // A row just written on one side may not have arrived on the other, and a lag without a time never grows.
    for (const side of [OLD, NEW] as const) await eventually(async () => lagTime(await lag(side, NEW)) > 0);
    network.setRules(LOST_REGION);
    await pause(700);
    const frozen = { inOld: await lag(OLD, NEW, true), inNew: await lag(NEW, NEW) };
    await pause(1_500);
    expect({ inOld: await lag(OLD, NEW, true), inNew: await lag(NEW, NEW) }).toEqual(frozen);
    network.setRules([]);
    await eventually(async () => lagTime(await lag(NEW, NEW)) > lagTime(frozen.inNew) + 2_000);
  });

  test('a frozen server answers nobody until it is thawed, and its copy can be read meanwhile', async () => {
    await write(OLD, 'before');
    database.freeze(OLD);
    await expect(write(OLD, 'into ice', 500)).rejects.toThrow(/timeout/);
    expect(database.instance(OLD)).toMatchObject({ alive: true, frozen: true });
    expect(await database.streaming(NEW)).toBe(false);
    const copy = await openCopy(OLD);
    expect(await query(copy, `select id from bookings where id = 'before'`)).toHaveLength(1);
    database.thaw(OLD);
    await write(OLD, 'after');
    await eventually(() => database.streaming(NEW));
  });

  test('copies of both running sides are opened apart, and the originals go on undisturbed', async () => {
    await write(OLD, 'seen');
    await eventually(async () => (await ids(NEW)).includes('seen'));
    const copies = await Promise.all([openCopy(OLD), openCopy(NEW)]);
    const rows = await Promise.all(copies.map((copy) => query(copy, 'select id from bookings order by id')));
    expect(rows[0]).toContainEqual({ id: 'seen' });
    expect(rows[1]).toEqual(rows[0]);
    await query(copies[0]!, `insert into bookings (id) values ('only in the copy')`);
    await write(OLD, 'later');
    await eventually(async () => (await ids(NEW)).includes('later'));
    expect(await ids(OLD)).not.toContain('only in the copy');
  });

  test('a killed writer that nobody replaced recovers with every acknowledged row', async () => {
    await write(OLD, 'kept');
    await database.kill(OLD);
    await database.revive(OLD);
    expect(await ids(OLD)).toContain('kept');
    await eventually(() => database.streaming(NEW));
  });
});

describe('an unplanned promotion', () => {
  beforeEach(() => startDatabase());
  afterEach(async () => {
    await letGo();
    await stopDatabase();
  });

  test('loses what a delayed stream held at the cut, about the delay’s worth of acknowledged rows, and promotes', async () => {
    database.setReplicationDelay(3_000);
    const writer = writeSteadily(OLD);
    await pause(5_500);
    await eventually(async () => (await lag(OLD, NEW))!.msec > 2_800);
    network.setRules(LOST_REGION);
    const killed = database.kill(OLD);
    const acknowledged = await writer.stop();
    await killed;
    expect(database.instance(OLD)).toMatchObject({ alive: false, pid: null });

    await database.promote(NEW);
    expect(database.writer).toBe(NEW);
    await write(NEW, 'after');
    const survived = new Set(await ids(NEW));
    const lost = acknowledged.filter(({ id }) => !survived.has(id));
    const lostMs = acknowledged.at(-1)!.atMs - lost[0]!.atMs;
    expect(lostMs).toBeGreaterThan(2_400);
    expect(lostMs).toBeLessThan(3_600);
    // What is lost is a tail: nothing older than the cut is missing.
    expect(acknowledged.slice(-lost.length)).toEqual(lost);
    expect(await lag(NEW, NEW)).toMatchObject({ msec: -1 });
    expect(await lag(NEW, OLD)).toMatchObject({ msec: null, calculatedAt: null });

    const copy = await openCopy(OLD);
    const held = new Set((await query(copy, 'select id from bookings')).map((row) => row['id']));
    expect(acknowledged.filter(({ id }) => !held.has(id))).toEqual([]);
    const [dated] = await query(copy, 'select pg_xact_commit_timestamp(xmin) as at from bookings limit 1');
    expect(dated?.['at']).toBeInstanceOf(Date);
  });

  test('loses at most the write under way when there is no delay and the link is cut in the same act as the kill', async () => {
    const writer = writeSteadily(OLD);
    await pause(500);
    network.setRules(LOST_REGION);
    const killed = database.kill(OLD);
    const acknowledged = await writer.stop();
    await killed;
    await database.promote(NEW);
    const survived = new Set(await ids(NEW));
    const lost = acknowledged.filter(({ id }) => !survived.has(id));
    // One write may have been acknowledged between its commit and its way over the link.
    expect(lost.length).toBeLessThanOrEqual(1);
  });

  test('an old writer that was partitioned away keeps its own rows, and is revived from the new one', async () => {
    network.setRules(LOST_REGION);
    await database.promote(NEW);
    await query(database.instance(OLD).hidden, `insert into bookings (id) values ('dual')`);
    await write(NEW, 'new side');
    const copy = await openCopy(OLD);
    expect((await query(copy, 'select id from bookings')).map((row) => row['id'])).toEqual(['dual']);
    network.setRules([]);
    await database.revive(OLD);
    expect(await database.streaming(OLD)).toBe(true);
    await eventually(async () => (await ids(OLD)).join() === 'new side');
    expect(readdirSync(dir).some((name) => name.startsWith(`lost-writes-${OLD}-`))).toBe(true);
  });
});

test('without a standby there is one database, and nobody to fail over to', async () => {
  await startDatabase(SCHEMA, { standby: false });
  try {
    await write(OLD, 'alone');
    expect(database.instance(NEW)).toMatchObject({ alive: false, pid: null });
    expect(await database.streaming(NEW)).toBe(false);
    expect(await lag(OLD, NEW)).toBeUndefined();
    await expect(database.promote(NEW)).rejects.toThrow(/eu-west-3 has no database/);
    await expect(database.openCopy(NEW)).rejects.toThrow(/eu-west-3 has no database/);
    expect(database.archiveFolder(OLD)).toBeNull();
    const copy = await openCopy(OLD);
    expect(await query(copy, 'select id from bookings')).toHaveLength(1);
  } finally {
    await letGo();
    await stopDatabase();
  }
});

test('a start that fails says why, quotes the log’s end or the statement, and leaves no process', async () => {
  await expect(startDatabase('create tabel oops ()')).rejects.toThrow(/syntax error at or near "tabel"/);
  await stopDatabase();
});

test('two labs that start at once make a cached folder between them, whole for both', async () => {
  const cache = await mkdtemp(path.join(os.tmpdir(), 'lifeboat-cache-'));
  const folder = path.join(cache, 'template');
  let builds = 0;
  const build = async (aside: string) => {
    builds += 1;
    await mkdir(aside);
    await pause(50);
    await writeFile(path.join(aside, 'last'), 'whole');
  };
  await Promise.all([cachedFolder(folder, build), cachedFolder(folder, build)]);
  await cachedFolder(folder, build);
  expect(builds).toBe(2);
  expect(readdirSync(cache)).toEqual(['template']);
  expect(readdirSync(folder)).toEqual(['last']);
  await rm(cache, { recursive: true });
});

interface Acknowledged {
  readonly id: string;
  readonly atMs: number;
}

let writers = 0;

/** Writes one row after another, from the control place, until it is stopped or the writer is gone. */
function writeSteadily(region: Region): { stop(): Promise<readonly Acknowledged[]> } {
  writers += 1;
  const acknowledged: Acknowledged[] = [];
  const stopping = new AbortController();
  const ended = (async () => {
    const client = await connect(at.regions[region].database, 500);
    try {
      for (let number = 0; !stopping.signal.aborted; number += 1) {
        const id = `${region}-${writers}-${number}`;
        await client.query('insert into bookings (id) values ($1)', [id]);
        acknowledged.push({ id, atMs: performance.now() });
        await pause(10);
      }
    } catch {
      // The writer went away: what was acknowledged until then counts.
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
      return acknowledged;
    },
  };
}

async function connect(to: Endpoint, deadlineMs: number): Promise<pg.Client> {
  const socket = new net.Socket();
  const connectSocket = socket.connect.bind(socket) as (options: net.TcpSocketConnectOpts) => net.Socket;
  // As every client in the lab does: from an address of its place.
  socket.connect = ((port: number, host: string) =>
    connectSocket({ port, host, localAddress: addressIn(CONTROL, 5) })) as typeof socket.connect;
  const client = new pg.Client({
    ...to,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: deadlineMs,
    query_timeout: deadlineMs,
    stream: () => socket,
  });
  client.on('error', () => {});
  opened.push({ close: async () => socket.destroy() });
  await client.connect();
  return client;
}

async function query(to: Endpoint, sql: string, values: unknown[] = [], deadlineMs = 5_000) {
  const client = await connect(to, deadlineMs);
  const { rows } = await client.query(sql, values);
  await client.end();
  return rows as Record<string, unknown>[];
}

const write = (region: Region, id: string, deadlineMs = 5_000) =>
  query(at.regions[region].database, 'insert into bookings (id) values ($1)', [id], deadlineMs);

const ids = async (region: Region) =>
  (await query(at.regions[region].database, 'select id from bookings')).map((row) => String(row['id']));

/** What one side says about a region's lag; past the links when they are the fault. */
async function lag(side: Region, of: Region, pastTheLink = false) {
  const endpoint = pastTheLink ? database.instance(side).hidden : at.regions[side].database;
  const rows = await query(endpoint, 'select * from aurora_global_db_status() where aws_region = $1', [of]);
  if (!rows[0]) return undefined;
  const calculated = rows[0]['last_lag_calculation_time'] as Date | null;
  return { msec: rows[0]['rpo_lag_in_msec'] as number, calculatedAt: calculated?.getTime() ?? null };
}

const lagTime = (reading: Awaited<ReturnType<typeof lag>>): number => reading?.calculatedAt ?? Number.NaN;

async function openCopy(region: Region): Promise<Endpoint> {
  const copy = await database.openCopy(region);
  opened.push(copy);
  return copy.endpoint;
}

/** A hundred ports that nobody listens on, below those the system gives out. */
async function freeBase(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const base = 20_000 + Math.floor(Math.random() * 100) * 100;
    const taken = await new Promise<boolean>((resolve) => {
      const probe = net.createServer().once('error', () => resolve(true));
      probe.listen({ host: addressIn(OLD, HOST.database), port: base + 1 }, () => probe.close(() => resolve(false)));
    });
    if (!taken) return base;
  }
  throw new Error('no free base port between 20000 and 30000');
}

/** Processes that stand in a folder, as PostgreSQL does in its data directory. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    })
    .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').slice(0, 80));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('did not come about within 20 s');
    await pause(50);
  }
}
