import { open } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Decision } from '../../domain/action.ts';
import type { ErrorShape } from '../../domain/errors.ts';
import type { Bookmark } from '../../runbooks/actions/database/bookmark-schema.ts';
import type { Validation } from '../../runbooks/actions/database/validate.ts';
import {
  type Copy,
  serviceOn,
  type TwinDatabase,
  VALIDATION,
  type ValidationLab,
  validationLab,
} from './validation-lab.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let lab: ValidationLab;
let mark: Bookmark;
/** Before and after the bookmark was taken. */
let taken: readonly [number, number];
let copy: Copy;

/** Rows written between 100 and 50 seconds ago, every other one a canary; and a canary just now. */
const FILL = `
  insert into bookings (id, practitioner, vantage, number, canary, region, created_at)
    select 'b' || n, 'practitioner-' || n % 7, case when n % 2 = 0 then 'control' end, case when n % 2 = 0 then n end,
           n % 2 = 0, 'eu-west-1', clock_timestamp() - make_interval(secs => 100 - n / 10.0) from generate_series(1, 500) n;
  insert into reminders (booking_id, channel, created_at)
    select id, 'mail', created_at + interval '1 ms' from bookings where not canary;
  insert into rooms values ('north', 1);
  insert into equipment (site, room) values ('north', 1), ('south', null), (null, 9);
  insert into bookings (id, practitioner, vantage, number, canary, region) values ('newest', 'synthetic', 'control', 1000, true, 'eu-west-1')`;

beforeAll(async () => {
  lab = await validationLab();
  await lab.source.sql(FILL);
  const before = Date.now();
  mark = await lab.bookmark();
  taken = [before, Date.now()];
  // Written after the bookmark, so nobody expects it.
  await lab.source.sql(
    `insert into bookings (id, practitioner, region) values ('later', 'practitioner-1', 'eu-west-1')`,
  );
  copy = await lab.openCopy();
});
afterAll(() => lab?.close());

let twins = 0;
const damaged = async (sql?: string): Promise<TwinDatabase> => {
  twins += 1;
  const twin = await copy.twin(`twin_${twins}`);
  if (sql) await twin.sql(sql);
  return twin;
};

function refusal(decision: Decision<Validation>): ErrorShape {
  if (decision.kind !== 'refuse') throw new Error(`it passed: ${JSON.stringify(decision)}`);
  expect(decision.error).toMatchObject({ code: 'DR_VALIDATION_FAILED', retryable: false });
  return decision.error;
}
const failedIds = (error: ErrorShape) => (error.actual as { id: string }[]).map(({ id }) => id);

function validation(decision: Decision<Validation>): Validation {
  if (decision.kind !== 'done') throw new Error(`it did not pass: ${JSON.stringify(decision)}`);
  return decision.output;
}
const idsOf = (checks: Validation['checks'], verdict: string) =>
  checks.filter((check) => check.verdict === verdict).map(({ id }) => id);

describe('a bookmark', () => {
  it('notes settled rows in buckets, sequences, schema and the newest canary, at one instant in microseconds', () => {
    expect(mark.taken).toBe('exact');
    expect(mark.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(Date.parse(mark.at)).toBeGreaterThanOrEqual(taken[0]);
    expect(Date.parse(mark.at)).toBeLessThanOrEqual(taken[1]);
    expect(mark.tables.map(({ table, rows }) => [table, rows])).toEqual([
      ['bookings', 500],
      ['reminders', 250],
    ]);
    for (const { buckets, rows, settledBefore } of mark.tables) {
      expect(buckets.reduce((sum, bucket) => sum + bucket.rows, 0)).toBe(rows);
      expect(Date.parse(settledBefore)).toBe(Date.parse(mark.at) - 30_000);
      for (const { from } of buckets) expect(Date.parse(from!) % 10_000).toBe(0);
    }
    expect(mark.sequences).toEqual([
      { sequence: 'equipment_id_seq', table: 'equipment', column: 'id', highestInUse: '3' },
      { sequence: 'reminders_id_seq', table: 'reminders', column: 'id', highestInUse: '250' },
    ]);
    expect(mark.newestCanaries).toEqual([{ vantage: 'control', number: 1000, writtenAt: expect.any(String) }]);
    expect(mark.schemaFingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(mark.sizeBytes).toBeGreaterThan(1_000_000);
  });

  it('of an instant in the past knows only what was settled then, and says that it was taken later', async () => {
    const asOf = new Date(Date.parse(mark.at) - 60_000).toISOString();
    const earlier = await lab.bookmark({ asOf });
    expect(earlier.taken).toBe('later');
    expect(Date.parse(earlier.at)).toBe(Date.parse(asOf));
    expect(earlier.tables[0]!.rows).toBeGreaterThan(0);
    expect(earlier.tables[0]!.rows).toBeLessThan(400);
    expect(earlier.newestCanaries[0]!.number).toBeLessThan(500);
    expect(earlier.newestCanaries[0]!.writtenAt < earlier.tables[0]!.settledBefore).toBe(true);
  });
});

describe('canaries in a table that is not declared', () => {
  it('are noted by the only column that the database fills with the time', async () => {
    const service = serviceOn('postgres', { validation: { ...VALIDATION, tables: VALIDATION.tables.slice(1) } });
    expect((await lab.bookmark({ service })).newestCanaries).toEqual(mark.newestCanaries);
  });

  it('are left out when nothing tells when they were written, or there are none', async () => {
    const canary = { table: 'rooms', vantageColumn: 'site', numberColumn: 'number' };
    const validation = { ...VALIDATION, tables: VALIDATION.tables.slice(1) };
    expect((await lab.bookmark({ service: serviceOn('postgres', { validation, canary }) })).newestCanaries).toEqual([]);
    const missing = serviceOn('postgres', { validation, canary: { ...canary, table: 'nowhere' } });
    expect((await lab.bookmark({ service: missing })).newestCanaries).toEqual([]);
  });
});

describe('a copy without damage', () => {
  it('passes every check', async () => {
    const { checks, passed, ...figures } = validation(await (await damaged()).validate(mark));
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(passed).toBe(checks.length);
    expect(checks.map(({ id }) => id)).toEqual([
      ...[
        'rows:bookings',
        'checksums:bookings',
        'key:bookings',
        'rows:reminders',
        'checksums:reminders',
        'key:reminders',
      ],
      ...['foreign-key:equipment_room', 'foreign-key:reminders_booking_id_fkey'],
      ...['sequence:equipment_id_seq', 'sequence:reminders_id_seq', 'canary:control'],
      ...['invariant:no-double-canary', 'invariant:no-reminder-before-its-booking', 'schema'],
      ...[
        'bookings_newest',
        'bookings_pkey',
        'bookings_shortened',
        'equipment_pkey',
        'reminders_pkey',
        'rooms_pkey',
      ].map((index) => `index:${index}`),
      ...['system-indexes', 'data-checksums'],
    ]);
    expect(figures).toMatchObject({
      rowsExpected: 750,
      rowsFound: 750,
      newestCanaryAt: mark.newestCanaries[0]!.writtenAt,
    });
  });

  it('passes whatever time zone, number format and search path its parameter group has', async () => {
    const twin = await damaged();
    for (const setting of [`TimeZone = 'Asia/Tokyo'`, `DateStyle = 'SQL, DMY'`, `search_path = public, pg_catalog`]) {
      await twin.sql(`alter database twin_${twins} set ${setting}`);
    }
    validation(await twin.validate(mark));
  });

  it('passes on what it can prove itself when there is no bookmark, and says what nobody could look at', async () => {
    const { checks, rowsExpected, rowsFound } = validation(await (await damaged()).validate(null));
    expect(idsOf(checks, 'not_run')).toEqual(['rows:bookings', 'rows:reminders', 'schema']);
    expect([rowsExpected, rowsFound]).toEqual([null, 752]);
  });

  it('says that indexes were not looked at where amcheck is not installed', async () => {
    const twin = await damaged('drop extension amcheck');
    const later = { ...mark, taken: 'later' as const };
    const { checks } = validation(await twin.validate(later));
    expect(idsOf(checks, 'not_run')).toHaveLength(6);
    expect(checks.find(({ id }) => id === 'index:bookings_pkey')?.says).toContain('amcheck is not installed');
    expect(idsOf(checks, 'noticed')).toEqual(['schema']);
  });
});

describe('planted damage', () => {
  it('missing rows: tells how many, and when they were written', async () => {
    const error = refusal(
      await (await damaged(`delete from bookings where id in ('b2', 'b4', 'b400')`)).validate(mark),
    );
    expect(failedIds(error)).toEqual(['rows:bookings']);
    expect(error.message).toContain('3 rows of bookings missing, written 20');
    expect(error.message).toContain('(expected 500, found 497)');
  });

  it('rows that the source did not have', async () => {
    const twin = await damaged(`insert into bookings (id, practitioner, region, created_at)
      values ('invented', 'practitioner-1', 'eu-west-1', timestamptz '${mark.at}' - interval '60 s')`);
    expect(failedIds(refusal(await twin.validate(mark)))).toEqual(['rows:bookings']);
  });

  it('an altered value: names its bucket, and shows no row', async () => {
    const twin = await damaged(
      `update bookings set slot = '2027-01-05 09:00Z', practitioner = 'Dr Secret' where id = 'b100'`,
    );
    const error = refusal(await twin.validate(mark));
    expect(failedIds(error)).toEqual(['checksums:bookings']);
    expect(error.message).toMatch(/rows of bookings are not what they were, written \d{4}-.*Z to \d{4}-.*Z \(expected/);
    expect(JSON.stringify(error)).not.toContain('Secret');
  });

  it('two values that changed places', async () => {
    const twin = await damaged(`update reminders r set booking_id = other.booking_id from reminders other
      where (r.id, other.id) in ((10, 11), (11, 10))`);
    expect(failedIds(refusal(await twin.validate(mark)))).toEqual([
      'checksums:reminders',
      'invariant:no-reminder-before-its-booking',
    ]);
  });

  it('an orphaned child, also without a bookmark', async () => {
    const twin = await damaged(`set session_replication_role = replica; delete from bookings where id = 'b1'`);
    const error = refusal(await twin.validate(null));
    expect(failedIds(error)).toEqual(['foreign-key:reminders_booking_id_fkey']);
    expect(error.message).toContain('1 row of reminders refer to nothing in bookings (expected 0, found 1)');
    expect(failedIds(refusal(await twin.validate(mark)))).toEqual([
      'rows:bookings',
      'foreign-key:reminders_booking_id_fkey',
    ]);
  });

  it('an orphan of a key over several columns, of which none is null', async () => {
    const twin = await damaged(
      `set session_replication_role = replica; insert into equipment (site, room) values ('north', 2), ('east', null)`,
    );
    const error = refusal(await twin.validate(mark));
    expect(error.actual).toEqual([expect.objectContaining({ id: 'foreign-key:equipment_room', found: 1 })]);
  });

  it('a sequence behind its column, also without a bookmark', async () => {
    const twin = await damaged(`select setval('reminders_id_seq', 249)`);
    for (const bookmark of [mark, null]) {
      const error = refusal(await twin.validate(bookmark));
      expect(error.actual).toEqual([
        expect.objectContaining({ id: 'sequence:reminders_id_seq', expected: 'at least 250', found: '249' }),
      ]);
    }
  });

  it('an index that misses a row: names it, and looks at the others all the same', async () => {
    const twin = await damaged(withoutIndex('bookings_newest', `insert into bookings select * from saved`));
    for (const bookmark of [mark, null]) {
      const error = refusal(await twin.validate(bookmark));
      expect(error.actual).toEqual([
        expect.objectContaining({ id: 'index:bookings_newest', expected: 'whole', found: 'XX001' }),
      ]);
      expect(error.message).toContain('1 of ');
    }
  });

  it('an index over a function that gives something else now', async () => {
    const twin = await damaged(
      `create or replace function shortened(text) returns text immutable language sql as $$ select right($1, 3) $$`,
    );
    expect(failedIds(refusal(await twin.validate(mark)))).toEqual(['schema', 'index:bookings_shortened']);
    expect(failedIds(refusal(await twin.validate(null)))).toEqual(['index:bookings_shortened']);
  });

  it('an index that is not valid', async () => {
    const twin = await damaged(`update pg_index set indisvalid = false where indexrelid = 'bookings_newest'::regclass`);
    const error = refusal(await twin.validate(null));
    expect(error.actual).toEqual([
      expect.objectContaining({ id: 'index:bookings_newest', expected: 'ready', found: 'invalid' }),
    ]);
  });

  it('a key that stands twice because its unique index did not see it', async () => {
    const twin = await damaged(
      withoutIndex('bookings_pkey', `insert into bookings select * from saved union all select * from saved`),
    );
    expect(failedIds(refusal(await twin.validate(null)))).toEqual(
      expect.arrayContaining(['key:bookings', 'index:bookings_pkey']),
    );
  });

  it('a schema that drifted: names the kind of object', async () => {
    const error = refusal(
      await (await damaged('alter table bookings alter column region drop not null')).validate(mark),
    );
    expect(failedIds(error)).toEqual(['schema']);
    expect(error.message).toContain('schema: columns, constraints are not what they were');
    const trigger = await damaged('drop index bookings_newest');
    expect(refusal(await trigger.validate(mark)).message).toContain('indexes are not what they were');
  });

  it('a rule of the business that is broken: counts, and shows no row', async () => {
    const twin = await damaged(`insert into bookings (id, practitioner, vantage, number, canary, region)
      values ('patient-7', 'Dr Secret', 'control', 1000, true, 'eu-west-1')`);
    const error = refusal(await twin.validate(mark));
    expect(error.actual).toEqual([
      expect.objectContaining({ id: 'invariant:no-double-canary', expected: 0, found: 1 }),
    ]);
    expect(JSON.stringify(error)).not.toMatch(/Secret|patient-7/);
  });

  it('a rule that cannot be asked counts as broken, and shows no value', async () => {
    const sql = `select practitioner::int from bookings where practitioner::int > 0`;
    const error = refusal(
      await (await damaged()).validate(mark, {
        validation: { ...VALIDATION, invariants: [{ id: 'broken', says: 'a rule', sql }] },
      }),
    );
    expect(error.actual).toEqual([expect.objectContaining({ id: 'invariant:broken', found: '22P02' })]);
    expect(JSON.stringify(error)).not.toContain('practitioner-');
  });

  it('the newest canary missing, though it was not settled yet', async () => {
    const error = refusal(await (await damaged(`delete from bookings where id = 'newest'`)).validate(mark));
    expect(error.actual).toEqual([expect.objectContaining({ id: 'canary:control', expected: 1000, found: null })]);
  });

  it('a declared table that is not there', async () => {
    const error = refusal(await (await damaged('drop table reminders')).validate(null));
    expect(failedIds(error)).toEqual(['rows:reminders', 'invariant:no-reminder-before-its-booking']);
  });

  it('a page that cannot be read: names the table, and looks at the others all the same', async () => {
    const twin = await damaged();
    const [file] = await twin.sql(`select pg_relation_filepath('reminders') as path`);
    await copy.sql('checkpoint');
    const handle = await open(path.join(copy.folder, String(file?.['path'])), 'r+');
    await handle.write(Buffer.alloc(64, 0xab), 0, 64, 4_000);
    await handle.close();
    const error = refusal(await twin.validate(mark));
    expect(failedIds(error)).toEqual(expect.arrayContaining(['rows:reminders', 'data-checksums']));
    expect(failedIds(error)).not.toContain('rows:bookings');
    expect(error.message).toContain('XX001');
  });
});

describe('against a bookmark taken later', () => {
  it('notices what the source deleted and changed since, and holds it against nobody', async () => {
    const later = await bookmarkAfter(
      `delete from bookings where id = 'b402'; update bookings set epoch = 9 where id = 'b20'`,
    );
    const { checks } = validation(await (await damaged()).validate(later));
    expect(idsOf(checks, 'noticed')).toEqual(['rows:bookings', 'checksums:bookings']);
    expect(checks.find(({ id }) => id === 'rows:bookings')).toMatchObject({ expected: 499, found: 500 });
  });

  it('fails for a row that the source still has', async () => {
    const later = { ...mark, taken: 'later' as const };
    const error = refusal(await (await damaged(`delete from bookings where id = 'b2'`)).validate(later));
    expect(failedIds(error)).toEqual(['rows:bookings']);
  });
});

/** A bookmark of the same instant, read after the source went on in a transaction of its own, which is taken back. */
async function bookmarkAfter(changes: string): Promise<Bookmark> {
  await lab.source.sql(`create table kept as select * from bookings; ${changes}`);
  try {
    return { ...(await lab.bookmark({ asOf: mark.at })), schemaFingerprint: mark.schemaFingerprint };
  } finally {
    await lab.source.sql(
      `set session_replication_role = replica; delete from bookings; insert into bookings select * from kept; drop table kept`,
    );
  }
}

/** Rows written again while an index does not look: it then misses them, and nothing else changes. */
const withoutIndex = (index: string, write: string): string => `
  set session_replication_role = replica;
  create temp table saved as select * from bookings where id = 'b10';
  update pg_index set indisready = false where indexrelid = '${index}'::regclass;
  delete from bookings where id = 'b10';
  ${write};
  update pg_index set indisready = true where indexrelid = '${index}'::regclass`;
