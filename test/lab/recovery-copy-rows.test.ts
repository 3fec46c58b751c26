import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AttemptContext } from '../../activities/attempt/implement.ts';
import { askOne, askTogether } from '../../activities/clients/ask-together.ts';
import type { Clients, Statement } from '../../activities/clients/clients.ts';
import { compare } from '../../activities/recovery/compare.ts';
import { copyMissingRows } from '../../activities/recovery/copy-missing-rows.ts';
import { copyRows } from '../../activities/recovery/copy-rows.ts';
import type { Acted, Call } from '../../domain/action.ts';
import { shapeOf } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Service } from '../../domain/service.ts';
import { BOOKING_SCHEMA_SQL } from '../../lab/booking/schema.ts';
import { postgresBinaries } from '../../lab/database/binaries.ts';
import { copyFolder } from '../../lab/database/copy-folder.ts';
import { Instance } from '../../lab/database/instance.ts';
import { copySettings } from '../../lab/database/settings.ts';
import { clusterTemplate } from '../../lab/database/template.ts';
import { EXAMPLE_SERVICE } from '../../runbooks/example-service.ts';
import { freeEndpoint } from './free-port.ts';

/** Everything JSON might lose on the way. */
const ODD_SCHEMA = `
create type mood as enum ('glad', 'sad');
create table odd (
  id bigint generated always as identity primary key,
  text_value text, mood mood, amount numeric(30, 12), ratio float8, raw bytea, notes json, tags text[],
  at timestamptz, span interval, code text unique,
  doubled numeric generated always as (amount * 2) stored,
  created_at timestamptz not null
);
`;
const ODD_ROW = `
insert into odd (text_value, mood, amount, ratio, raw, notes, tags, at, span, code, created_at) values
  (e'Zoë "quoted" \\\\ \\n tab\\t', 'sad', 12345678901234567.123456789012, 0.1::float8 + 0.2, '\\xdeadbeef', '{"b": 1,  "a": 1.50}',
   array['x,y', null, '{}'], '2025-11-21 03:12:07.412345+01', '1 mon 2 days 03:04:05.6', 'c1', '2025-11-21T03:00:00Z');
`;
/** Everything here is dated in the past, whatever day it is: what is written now counts as written since. */
const RESTORED_TO = '2025-11-21T03:12:00.000Z';
const PAIR = { region: 'eu-west-1', source: 'running', copy: 'restored', restoredTo: RESTORED_TO };

const declared = (table: string) => ({
  table,
  keyColumn: 'id',
  timestampColumn: 'created_at',
  settledAfterSeconds: 2,
  bucketSeconds: 10,
});
const SERVICE: Service = {
  ...EXAMPLE_SERVICE,
  database: {
    ...EXAMPLE_SERVICE.database,
    validation: { deadlineSeconds: 60, tables: ['bookings', 'reminders', 'odd'].map(declared), invariants: [] },
  },
};
const CONTEXT: AttemptContext = {
  executionId: 'pt-1',
  stepId: 'compare',
  mode: 'live',
  service: SERVICE,
  startedAt: new Date(),
  signal: new AbortController().signal,
};
const DECIDING = { executionId: 'pt-1', service: SERVICE, mode: 'live' as const, observedAt: RESTORED_TO };

const CACHE = join(tmpdir(), 'lifeboat-test-cache');

let folder: string;
let server: Instance;

async function inDatabase<Result>(database: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ ...server.listen, user: 'postgres', database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
const sql = (database: string, text: string) => inDatabase(database, async (client) => (await client.query(text)).rows);

const clients = {
  queryTogether: (at, statements, ms) => inDatabase(at.cluster, (client) => askTogether(client, statements, ms)),
} as Pick<Clients, 'queryTogether'> as Clients;

/** Statements that were to write, so that a test can look at what left the worker. */
const written: { cluster: string; statement: Statement }[] = [];
const write = (at: { readonly cluster: string }, statement: Statement) => {
  written.push({ cluster: at.cluster, statement });
  return inDatabase(at.cluster, (client) => askOne(client, statement));
};

async function comparison(whole: string[] = []) {
  const input = { ...PAIR, whole };
  return compare.decide(input, await compare.observe(clients, input, CONTEXT), null, DECIDING);
}
const tableOf = async (table: string) => {
  const decision = await comparison();
  if (decision.kind !== 'done') throw new Error(JSON.stringify(decision));
  compare.contract.output.parse(decision.output);
  return decision.output.tables.find((found) => found.table === table);
};
async function decideCopy(tables: string[], acted: Acted | null = null) {
  const input = { ...PAIR, tables };
  return copyRows.decide(input, await copyRows.observe(clients, input, CONTEXT), acted, DECIDING);
}
async function callsOf(tables: string[]): Promise<readonly Call[]> {
  const decision = await decideCopy(tables);
  if (decision.kind !== 'call') throw new Error(JSON.stringify(decision));
  return decision.calls;
}
async function follow(calls: readonly Call[], signal = CONTEXT.signal): Promise<Acted> {
  const results: Json[] = [];
  for (const call of calls) results.push(await copyMissingRows(clients, write, SERVICE, call, signal));
  return { calls, results };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lifeboat-recovery-'));
  await chmod(folder, 0o711);
  await mkdir(CACHE, { recursive: true });
  const binaries = await postgresBinaries(CACHE);
  const dataDirectory = join(folder, 'data');
  await copyFolder(await clusterTemplate(binaries, CACHE), dataDirectory);
  const listen = await freeEndpoint('127.0.1.20');
  const log = join(folder, 'server.log');
  server = new Instance({ name: 'server', binaries, dataDirectory, listen, settings: copySettings(listen), log });
  await server.start();
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  written.length = 0;
  for (const name of ['running', 'restored']) await sql('postgres', `drop database if exists ${name} with (force)`);
  await sql('postgres', 'create database running template postgres');
  await sql('running', BOOKING_SCHEMA_SQL + ODD_SCHEMA + ODD_ROW);
  // A week of bookings, so that most hours are alike whatever happens.
  await sql(
    'running',
    `insert into bookings (id, practitioner, region, created_at)
       select 'patient-' || n, 'dr-' || n % 7, 'eu-west-1', timestamptz '2025-11-14 04:00Z' + n * interval '10 minutes' from generate_series(1, 1000) n;
     insert into reminders (booking_id, channel, created_at) select id, 'sms', created_at from bookings`,
  );
  await sql('postgres', 'create database restored template running');
});

describe('a comparison', () => {
  test('finds nothing where nothing differs, and counts what was written since', async () => {
    await sql('running', `insert into bookings (id, practitioner, region) values ('new', 'dr-1', 'eu-west-1')`);
    expect(await tableOf('bookings')).toEqual({
      ...{ table: 'bookings', alike: 1000, missing: 0, altered: 0, unexpected: 0, writtenSince: 1, because: null },
    });
    const decision = await comparison();
    expect(decision.kind === 'done' && decision.output.warnings).toEqual([
      `1 rows were written since ${RESTORED_TO}: going on with the copy instead would lose them`,
    ]);
  });

  test('tells missing, altered and backdated rows apart, also where an altered row moved to another time', async () => {
    await sql(
      'running',
      `delete from reminders where booking_id in ('patient-10', 'patient-11');
       delete from bookings where id in ('patient-10', 'patient-11');
       update bookings set practitioner = 'nobody' where id = 'patient-500';
       update bookings set created_at = '2025-11-20' where id = 'patient-501';
       update bookings set created_at = now() where id = 'patient-502';
       insert into bookings (id, practitioner, region, created_at) values ('late', 'dr-1', 'eu-west-1', '2025-11-15')`,
    );
    expect(await tableOf('bookings')).toEqual({
      ...{ table: 'bookings', alike: 995, missing: 2, altered: 3, unexpected: 1, writtenSince: 1, because: null },
    });
  });

  test('counts every row of a table that was dropped, or has lost its time, as missing, and goes on with the others', async () => {
    await sql('running', 'drop table reminders; alter table odd drop column created_at');
    expect(await tableOf('reminders')).toMatchObject({
      alike: 0,
      missing: 1000,
      because: expect.stringContaining('42P01'),
    });
    expect(await tableOf('odd')).toMatchObject({ alike: 0, missing: 1, because: expect.stringContaining('42703') });
    expect(await tableOf('bookings')).toMatchObject({ alike: 1000, missing: 0, because: null });
    expect(await decideCopy(['reminders'])).toMatchObject({ kind: 'refuse', error: { code: 'DR_VALIDATION_FAILED' } });
  });

  test('counts by the hour where more differs than can be told apart one by one', async () => {
    await sql(
      'running',
      `insert into bookings (id, practitioner, region, created_at)
         select 'mass-' || n, 'dr-0', 'eu-west-1', timestamptz '2025-11-20 04:00Z' from generate_series(1, 500001) n`,
    );
    const found = await tableOf('bookings');
    expect(found).toMatchObject({ missing: 0, because: expect.stringContaining('too many to be told apart') });
    expect(found?.unexpected).toBe(500_001);
    expect((found?.alike ?? 0) + (found?.altered ?? 0)).toBe(1000);
  });

  test('refuses when something is missing in a table that shall be whole', async () => {
    await sql('running', `delete from reminders where booking_id = 'patient-10'`);
    expect(await comparison(['reminders'])).toMatchObject({
      kind: 'refuse',
      error: { code: 'DR_VALIDATION_FAILED', message: 'still missing: 1 rows of reminders' },
    });
  });

  test('refuses a table of which the service declares no key', async () => {
    await expect(comparison(['invoices'])).rejects.toMatchObject({ shape: { code: 'DR_VALIDATION_NOT_DECLARED' } });
  });
});

describe('copying rows back', () => {
  test('puts every missing row back as it was, and leaves altered and new ones alone', async () => {
    await sql(
      'running',
      `delete from reminders where id % 2 = 0; delete from reminders where booking_id like 'patient-9%';
       delete from bookings where id like 'patient-9%'; delete from odd;
       update bookings set practitioner = 'changed' where id = 'patient-1';
       insert into bookings (id, practitioner, region) values ('new', 'dr-1', 'eu-west-1')`,
    );
    const acted = await follow(await callsOf(['bookings', 'reminders', 'odd']));
    const decision = await decideCopy(['bookings', 'reminders', 'odd'], acted);
    expect(decision).toMatchObject({
      kind: 'done',
      output: { tables: [{ copied: 111 }, { copied: 556 }, { copied: 1 }] },
    });
    expect((await comparison(['bookings', 'reminders', 'odd'])).kind).toBe('done');
    expect(await tableOf('bookings')).toMatchObject({ missing: 0, altered: 1, writtenSince: 1 });
    const odd = `select odd.*, notes::text as notes_text, amount::text as exact from odd`;
    expect(await sql('running', odd)).toEqual(await sql('restored', odd));
  });

  test('names table and number in the call, and no key or value anywhere in it', async () => {
    await sql('running', `delete from reminders; delete from bookings where id = 'patient-77'`);
    const calls = await callsOf(['bookings', 'reminders']);
    expect(calls.map(({ target, input }) => [target, (input as { rows: number }).rows])).toEqual([
      ['bookings: restored → running', 1],
      ['reminders: restored → running', 1000],
    ]);
    expect(JSON.stringify(calls)).not.toContain('patient-');
    expect(JSON.stringify(await follow(calls))).not.toContain('patient-');
    expect(new Set(written.map(({ cluster }) => cluster))).toEqual(new Set(['running']));
  });

  test('copies nothing when other rows are missing by then, and says that looking again helps', async () => {
    await sql('running', `delete from reminders; delete from bookings where id = 'patient-77'`);
    const calls = await callsOf(['bookings']);
    await sql('running', `delete from bookings where id = 'patient-78'`);
    await expect(follow(calls)).rejects.toMatchObject({ shape: { retryable: true } });
    expect(written).toEqual([]);
  });

  test('goes on where an aborted attempt stopped', async () => {
    await sql('running', 'delete from reminders');
    const abort = new AbortController();
    const interrupted = copyMissingRows(
      clients,
      (at, statement) => {
        abort.abort(new Error('the worker is going down'));
        return write(at, statement);
      },
      SERVICE,
      (await callsOf(['reminders']))[0]!,
      abort.signal,
    );
    await expect(interrupted).rejects.toThrow('the worker is going down');
    expect((await tableOf('reminders'))?.missing).toBe(800);
    await follow(await callsOf(['reminders']));
    expect((await tableOf('reminders'))?.missing).toBe(0);
  });

  test('refuses, and does not try for ever, when another row has what must be unique', async () => {
    await sql(
      'running',
      `update odd set code = 'other'; delete from odd; insert into odd (code, created_at) values ('c1', now())`,
    );
    const acted = await follow(await callsOf(['odd']));
    expect(await decideCopy(['odd'], acted)).toMatchObject({
      kind: 'refuse',
      error: { code: 'DR_VALIDATION_FAILED', message: expect.stringContaining('1 rows of odd cannot be put back') },
    });
  });

  test('says which constraint forbids rows whose parents are missing, without saying whose they are', async () => {
    await sql('running', `delete from reminders; delete from bookings where id = 'patient-77'`);
    const error = shapeOf(await follow(await callsOf(['reminders'])).catch((caught: unknown) => caught));
    expect(error.message).toContain('reminders_booking_id_fkey');
    expect(JSON.stringify(error)).not.toContain('patient-77');
  });

  test('quotes no value of a row that the database cannot read any more', async () => {
    await sql(
      'running',
      `delete from odd; alter table odd alter mood type text; drop type mood; create type mood as enum ('glad'); alter table odd alter mood type mood using mood::mood`,
    );
    const error = shapeOf(await follow(await callsOf(['odd'])).catch((caught: unknown) => caught));
    expect(error).toMatchObject({ code: 'DR_CALL_FAILED', message: 'odd: the database does not take the rows' });
  });
});
