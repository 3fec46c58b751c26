import { describe, expect, it } from 'vitest';
import { failureIn, failureRows } from '../../../activities/clients/statement-failure.ts';
import { askInGroups } from '../../../activities/database/validation/ask-in-groups.ts';
import {
  countOrphans,
  type ForeignKey,
  promisesNothing,
} from '../../../activities/database/validation/foreign-keys.ts';
import { quotedTable } from '../../../activities/database/validation/identifiers.ts';
import {
  copyBuckets,
  readCopyBuckets,
  readSourceBuckets,
  sourceBuckets,
} from '../../../activities/database/validation/settled-rows.ts';
import { countViolations } from '../../../activities/database/validation/whole-database.ts';

const table = {
  table: 'archive.Odd"Name',
  keyColumn: 'id',
  timestampColumn: 'when',
  settledAfterSeconds: 2,
  bucketSeconds: 10,
};
const flat = (sql: string) => sql.replace(/\s+/g, ' ').trim();

describe('names inside statements', () => {
  it('are quoted, each part of them, whatever stands in them', () => {
    expect(quotedTable('bookings')).toBe('"bookings"');
    expect(quotedTable('archive.Odd"Name; drop table x')).toBe('"archive"."Odd""Name; drop table x"');
    for (const { sql } of [sourceBuckets(table, 1), copyBuckets(table, { settledBefore: 'x', buckets: [] })]) {
      expect(sql).toContain('from "archive"."Odd""Name" as whole_row');
      expect(sql).toContain('whole_row."when"::timestamptz');
    }
  });
});

describe('buckets', () => {
  it('are at most 200 a table, and fewer when there are many tables, the older rows in the first', () => {
    expect(sourceBuckets(table, 1).values).toEqual([2, 10, 198]);
    expect(sourceBuckets(table, 8).values).toEqual([2, 10, 48]);
  });

  it('of a copy are the source’s, whatever the width is today', () => {
    const buckets = [null, '2026-11-21T03:00:00.000000Z', '2026-11-21T03:00:10.000000Z'].map((from) => ({
      from,
      rows: 1,
      checksum: '7',
    }));
    const { values, sql } = copyBuckets(table, { settledBefore: '2026-11-21T03:00:18.000000Z', buckets });
    expect(values).toEqual([
      '2026-11-21T03:00:18.000000Z',
      ['2026-11-21T03:00:00.000000Z', '2026-11-21T03:00:10.000000Z'],
    ]);
    expect(sql).not.toContain('date_bin');
    const counted = readCopyBuckets(buckets, [
      { bucket: 2, rows: '3', checksum: '30' },
      { bucket: 0, rows: '4', checksum: '40' },
      { bucket: -1, rows: '5', checksum: '50' },
    ]);
    expect(counted).toEqual({
      buckets: [
        { from: null, rows: 4, checksum: '40' },
        { from: '2026-11-21T03:00:10.000000Z', rows: 3, checksum: '30' },
      ],
      undated: 5,
    });
  });

  it('of an empty table are none, and the instant is known all the same', () => {
    const settled = '2026-11-21T03:00:18.000000Z';
    expect(readSourceBuckets([{ settled, from: null, rows: null, checksum: null }])).toEqual({
      settledBefore: settled,
      rows: 0,
      buckets: [],
    });
  });
});

describe('looking for orphans', () => {
  const key: ForeignKey = {
    name: 'k',
    child: { schema: 'public', name: 'child', partitioned: false },
    parent: { schema: 'public', name: 'parent', partitioned: true },
    match: 'simple',
    definition: 'FOREIGN KEY (a, b) REFERENCES parent(x, y)',
    validated: true,
    columns: [
      { child: 'a', parent: 'x', operator: ['pg_catalog', '='], collation: null },
      { child: 'b', parent: 'y', operator: ['ext', '='], collation: ['pg_catalog', 'C'] },
    ],
  };

  it('leaves out rows of which one column is null, and compares as the key itself does', () => {
    expect(flat(countOrphans(key).sql)).toBe(
      'select count(*)::text as orphans from only "public"."child" as child' +
        ' where child."a" is not null and child."b" is not null and not exists' +
        ' (select from "public"."parent" as parent where parent."x" operator("pg_catalog".=) child."a"' +
        ' and parent."y" collate "pg_catalog"."C" operator("ext".=) child."b" collate "pg_catalog"."C")',
    );
  });

  it('of a full match counts rows that are null in part', () => {
    expect(flat(countOrphans({ ...key, match: 'full' }).sql)).toContain(
      'where not (child."a" is null and child."b" is null) and not exists',
    );
  });

  it('is not worth it where the key promises nothing', () => {
    expect(promisesNothing(key)).toBeNull();
    expect(promisesNothing({ ...key, validated: false })).toContain('NOT VALID');
    expect(promisesNothing({ ...key, definition: `${key.definition} NOT ENFORCED` })).toContain('NOT ENFORCED');
    expect(promisesNothing({ ...key, definition: 'FOREIGN KEY (a, PERIOD b) REFERENCES p(x, PERIOD y)' })).toContain(
      'periods',
    );
  });
});

describe('a rule of the business', () => {
  it('is only counted, so it cannot end the transaction, nor show a row', () => {
    expect(countViolations({ id: 'x', says: 'x', sql: ' select 1 -- none ;\n; ' }).sql).toBe(
      'select count(*)::text as violations from (\nselect 1 -- none ;\n\n) as violations',
    );
  });
});

describe('a statement that failed', () => {
  const error = (code: string, message: string) => Object.assign(new Error(message), { code });

  it('stands in place of its rows, with the database’s sentence about objects', () => {
    expect(failureIn(failureRows(error('XX002', 'index "x" is out of order'))!)).toEqual({
      code: 'XX002',
      because: 'XX002: index "x" is out of order',
    });
    expect(failureIn([{ code: 'XX002' }])).toBeNull();
    expect(failureIn([])).toBeNull();
  });

  it('shows no sentence that could quote a row', () => {
    expect(failureIn(failureRows(error('22P02', 'invalid input syntax for type integer: "Mrs Smith"'))!)).toEqual({
      code: '22P02',
      because: '22P02',
    });
    expect(failureIn(failureRows(error('P0001', 'patient 7'))!)?.because).toBe('P0001');
  });

  it.each(['57014', '57P01', '08006', '53100', '25P02', 'ECONNRESET'])(
    'with %s says nothing of the statement, and ends the session',
    (code) => expect(failureRows(error(code, 'x'))).toBeNull(),
  );
});

describe('asking in groups', () => {
  it('gives each group its own answers, in order', async () => {
    const asked: string[] = [];
    const clients = {
      queryTogether: async (_at: unknown, statements: readonly { sql: string }[]) => {
        asked.push(...statements.map(({ sql }) => sql));
        return statements.map(({ sql }) => [{ sql }]);
      },
    } as never;
    const at = { region: 'eu-west-1', cluster: 'x' };
    const groups = { first: [{ sql: 'a' }, { sql: 'b' }], none: [], last: [{ sql: 'c' }] };
    expect(await askInGroups(clients, at, groups, 1_000)).toEqual({
      first: [[{ sql: 'a' }], [{ sql: 'b' }]],
      none: [],
      last: [[{ sql: 'c' }]],
    });
    expect(asked).toEqual(['a', 'b', 'c']);
  });
});
