import { readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { cachedFolder } from '../../lab/database/cached-folder.ts';
import { GlobalDatabase } from '../../lab/database/global-database.ts';
import { Network } from '../../lab/network/network.ts';
import { claimBase } from '../../lab/parts/ports.ts';
import { type Endpoint, type Endpoints, endpoints, type Region } from '../../lab/topology.ts';
import { closeSessions, eventually, PATIENT_MS, processesIn, query, writeSteadily } from './database-sessions.ts';

const OLD = 'eu-west-1';
const NEW = 'eu-west-3';
const SCHEMA = 'create table bookings (id text primary key, at timestamptz not null default clock_timestamp());';
/** How late the delayed stream is. */
const DELAY_MS = 3_000;
const LOST_REGION = [
  { from: '*', to: OLD, mode: 'black_hole' },
  { from: OLD, to: '*', mode: 'black_hole' },
] as const;

const CACHE = path.join(os.tmpdir(), 'lifeboat-test-cache');

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let dir: string;
let control: Server;
let network: Network;
let database: GlobalDatabase;
let at: Endpoints;
const copies: { close(): Promise<unknown> }[] = [];

async function startDatabase(schemaSql = SCHEMA, more: { standby?: boolean } = {}): Promise<void> {
  dir = await mkdtemp(path.join(os.tmpdir(), 'lifeboat-database-'));
  await chmod(dir, 0o711);
  await mkdir(CACHE, { recursive: true });
  const claim = await claimBase(null);
  control = claim.control;
  at = endpoints(claim.base);
  network = new Network();
  const logDir = path.join(dir, 'logs');
  const options = { dir, cacheDir: CACHE, network, endpoints: at, schemaSql, log: () => {}, logDir, ...more };
  database = await GlobalDatabase.create(options);
}

async function stopDatabase(): Promise<void> {
  await database?.stop();
  await network?.close();
  await new Promise((resolve) => control.close(resolve));
  try {
    // What a server started itself may end a moment after it.
    await eventually('no process is left behind', async () => processesIn(dir).length === 0);
  } catch (caught) {
    throw new Error(`left behind: ${processesIn(dir).join(', ')}`, { cause: caught });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function letGo(): Promise<void> {
  closeSessions();
  await Promise.all(copies.splice(0).map((copy) => copy.close().catch(() => {})));
}

describe('a database that lives through it', () => {
  beforeAll(() => startDatabase());
  afterAll(stopDatabase);
  afterEach(async () => {
    network.setRules([]);
    database.setReplicationDelay(0);
    await letGo();
    await follows(NEW);
  });

  test('replicates through the link and reads a small lag on both sides', async () => {
    await write(OLD, 'first');
    await replicated(NEW, 'first');
    await follows(NEW);
    expect(await database.streaming(OLD)).toBe(false);
    for (const side of [OLD, NEW] as const) {
      await eventually(`${side} says who writes`, async () => (await lag(side, OLD))?.msec === -1);
      // A pause of the machine makes a lag that is not small, and old.
      await eventually(`${side} says a small lag of now`, async () => {
        const standby = await lag(side, NEW);
        const msec = standby?.msec ?? -1;
        return msec >= 0 && msec < 1_000 && Date.now() - lagTime(standby) < 3_000;
      });
    }
  });

  test('switches over and back without losing a row, the old writer following each time', async () => {
    for (const [from, to] of [
      [OLD, NEW],
      [NEW, OLD],
    ] as const) {
      const writer = writeSteadily(at.regions[from].database);
      await writer.acknowledges(10);
      await switchOver(to);
      const acknowledged = await writer.stop();
      await write(to, `by ${to}`);
      const survived = new Set(await ids(to));
      expect(acknowledged.filter(({ id }) => !survived.has(id))).toEqual([]);
      expect(database.writer).toBe(to);
      await follows(from);
      await replicated(from, `by ${to}`);
      await eventually(`${to} says how far ${from} is`, async () => ((await lag(to, from))?.msec ?? -1) >= 0);
    }
  });

  test('a switchover waits for a delayed stream rather than lose it', async () => {
    database.setReplicationDelay(1_000);
    await write(OLD, 'under way');
    await switchOver(NEW);
    expect(await ids(NEW)).toContain('under way');
    database.setReplicationDelay(0);
    await switchOver(OLD);
  });

  test('refuses a switchover to a standby that does not follow, and goes on writing where it was', async () => {
    network.setRules([{ from: NEW, to: OLD, mode: 'refuse' }]);
    // The servers notice a moment later that the link has gone.
    await eventually(`${NEW} does not follow`, async () => !(await database.streaming(NEW)));
    await expect(database.switchover(NEW)).rejects.toThrow(/eu-west-3 does not follow eu-west-1/);
    expect(database.writer).toBe(OLD);
    await write(OLD, 'still here');
  });

  test('the time of the lag stands still while the link is a black hole, and goes on when it heals', async () => {
    // A row just written on one side may not have arrived on the other, and a lag without a time never grows.
    for (const side of [OLD, NEW] as const) {
      await eventually(`${side} has a lag`, async () => lagTime(await lag(side, NEW)) > 0);
    }
    network.setRules(LOST_REGION);
    const seen = async () => ({ inOld: await lag(OLD, NEW, true), inNew: await lag(NEW, NEW) });
    let frozen = await seen();
    // What had come through before is still worked off; then three samples come and go, and change nothing.
    await eventually('the lag stands still', async () => {
      frozen = await seen();
      await pause(1_500);
      return isDeepStrictEqual(await seen(), frozen);
    });
    network.setRules([]);
    await eventually('it goes on', async () => lagTime(await lag(NEW, NEW)) > lagTime(frozen.inNew) + 2_000);
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
    await follows(NEW);
  });

  test('copies of both running sides are opened apart, and the originals go on undisturbed', async () => {
    await write(OLD, 'seen');
    await replicated(NEW, 'seen');
    const copies = await Promise.all([openCopy(OLD), openCopy(NEW)]);
    const rows = await Promise.all(copies.map((copy) => query(copy, 'select id from bookings order by id')));
    expect(rows[0]).toContainEqual({ id: 'seen' });
    expect(rows[1]).toEqual(rows[0]);
    await query(copies[0]!, `insert into bookings (id) values ('only in the copy')`);
    await write(OLD, 'later');
    await replicated(NEW, 'later');
    expect(await ids(OLD)).not.toContain('only in the copy');
  });

  test('a killed writer that nobody replaced recovers with every acknowledged row', async () => {
    await write(OLD, 'kept');
    await database.kill(OLD);
    await database.revive(OLD);
    expect(await ids(OLD)).toContain('kept');
    await follows(NEW);
  });
});

describe('an unplanned promotion', () => {
  beforeEach(() => startDatabase());
  afterEach(async () => {
    await letGo();
    await stopDatabase();
  });

  test('loses what a delayed stream held at the cut, keeps what had come through before, and promotes', async () => {
    database.setReplicationDelay(DELAY_MS);
    const writer = writeSteadily(at.regions[OLD].database);
    await eventually('the first rows come through', async () => (await ids(NEW)).length >= 10);
    await eventually('the lag is the delay', async () => ((await lag(OLD, NEW))?.msec ?? 0) > DELAY_MS - 200);
    const arrived = await ids(NEW);
    await eventually('the writer has just written', async () => {
      const newest = (await writer.acknowledges(1)).at(-1)!;
      return performance.now() - newest.sentAtMs < DELAY_MS / 3;
    });
    const cutAtMs = performance.now();
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
    // No row can have come through sooner than the delay after it was sent.
    const younger = acknowledged.filter(({ sentAtMs }) => sentAtMs > cutAtMs - DELAY_MS);
    expect(younger.length).toBeGreaterThan(0);
    expect(younger.filter(({ id }) => survived.has(id))).toEqual([]);
    expect(arrived.filter((id) => !survived.has(id))).toEqual([]);
    // What is lost is a tail: nothing older than the cut is missing.
    expect(acknowledged.slice(acknowledged.length - lost.length)).toEqual(lost);
    expect(await lag(NEW, NEW)).toMatchObject({ msec: -1 });
    expect(await lag(NEW, OLD)).toMatchObject({ msec: null, calculatedAt: null });

    const copy = await openCopy(OLD);
    const held = new Set((await query(copy, 'select id from bookings')).map((row) => row['id']));
    expect(acknowledged.filter(({ id }) => !held.has(id))).toEqual([]);
    const [dated] = await query(copy, 'select pg_xact_commit_timestamp(xmin) as at from bookings limit 1');
    expect(dated?.['at']).toBeInstanceOf(Date);
  });

  test('without a delay the other side keeps up, and a cut in the same act as the kill takes nothing that it had', async () => {
    const writer = writeSteadily(at.regions[OLD].database);
    let arrived: readonly string[] = [];
    // With anything held back for a time it would never be true: the writer does not rest.
    await eventually('every row that was acknowledged has come through', async () => {
      const soFar = await writer.acknowledges(10);
      arrived = await ids(NEW);
      return soFar.every(({ id }) => arrived.includes(id));
    });
    network.setRules(LOST_REGION);
    const killed = database.kill(OLD);
    const acknowledged = await writer.stop();
    await killed;
    await database.promote(NEW);
    const survived = new Set(await ids(NEW));
    expect(arrived.filter((id) => !survived.has(id))).toEqual([]);
    // What is lost is a tail: the writes that were on their way.
    const lost = acknowledged.filter(({ id }) => !survived.has(id));
    expect(acknowledged.slice(acknowledged.length - lost.length)).toEqual(lost);
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
    await follows(OLD);
    await eventually(`${OLD} has the new side's rows`, async () => (await ids(OLD)).join() === 'new side');
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
    await eventually('both have begun', async () => builds === 2);
    await writeFile(path.join(aside, 'last'), 'whole');
  };
  await Promise.all([cachedFolder(folder, build), cachedFolder(folder, build)]);
  await cachedFolder(folder, build);
  expect(builds).toBe(2);
  expect(readdirSync(cache)).toEqual(['template']);
  expect(readdirSync(folder)).toEqual(['last']);
  await rm(cache, { recursive: true });
});

const write = (region: Region, id: string, deadlineMs = PATIENT_MS) =>
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
  copies.push(copy);
  return copy.endpoint;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An answer that comes late counts as not following, so one look proves nothing. */
const follows = (region: Region): Promise<void> => eventually(`${region} follows`, () => database.streaming(region));

/** For the same reason one may be refused that nothing stands in the way of. */
async function switchOver(to: Region): Promise<void> {
  for (;;) {
    await follows(to);
    try {
      return await database.switchover(to);
    } catch (caught) {
      if (!String(caught).includes('does not follow')) throw caught;
    }
  }
}

const replicated = (region: Region, id: string): Promise<void> =>
  eventually(`${id} is in ${region}`, async () => (await ids(region)).includes(id));
