import { describe, expect, it } from 'vitest';
import { judgeCopy } from '../../../activities/database/validation/judging/judge-copy.ts';
import { aBookmark, aCopy, BUCKETS, FIRST, failure, INDEX, KEY, RULE, SECOND, SETTLED, withBuckets } from './a-copy.ts';
import { remarks, state } from './remarks.ts';

const later = aBookmark({ taken: 'later' });
const without = (index: number, change: Partial<(typeof BUCKETS)[number]>) =>
  BUCKETS.map((bucket, position) => (position === index ? { ...bucket, ...change } : bucket));

describe('a copy that is what the source was', () => {
  it('passes every check, and says how many rows there are and when the newest canary was written', () => {
    const { validation, failed } = judgeCopy(aBookmark(), aCopy());
    expect(failed).toEqual([]);
    expect(validation).toMatchObject({
      validatedAt: '2026-11-21T03:30:00.000Z',
      rowsExpected: 115,
      rowsFound: 115,
      newestCanaryAt: '2026-11-21T03:00:19.500000Z',
      sizeBytes: 2_000,
    });
    expect(validation.passed).toBe(validation.checks.length);
    expect(validation.checks.map(({ id }) => id)).toEqual([
      ...['rows:bookings', 'checksums:bookings', 'key:bookings', 'foreign-key:reminders_booking_id_fkey'],
      ...['sequence:reminders_id_seq', 'canary:control', 'invariant:rule', 'schema'],
      ...['index:bookings_pkey', 'system-indexes', 'data-checksums'],
    ]);
  });
});

describe('rows', () => {
  it('missing from a bucket fail, with the time they were written in', () => {
    expect(remarks(withBuckets(without(1, { rows: 8, checksum: '5' })))).toEqual([
      {
        id: 'rows:bookings',
        says: `2 rows of bookings missing, written ${FIRST} to ${SECOND}`,
        verdict: 'failed',
        expected: 115,
        found: 113,
      },
    ]);
  });

  it('missing from the oldest and the newest bucket are told with the bounds these have', () => {
    const [rows] = remarks(withBuckets(BUCKETS.map((bucket) => ({ ...bucket, rows: bucket.rows - 1 }))));
    expect(rows!.says).toBe(
      `3 rows of bookings missing, written before ${FIRST}, ${FIRST} to ${SECOND}, ${SECOND} to ${SETTLED}`,
    );
  });

  it('of a whole bucket missing fail, and of more than three buckets three are named', () => {
    const many = Array.from({ length: 6 }, (_, second) => ({
      from: `2026-11-21T03:00:0${second}.000000Z`,
      rows: 1,
      checksum: '1',
    }));
    const bookmark = aBookmark({ tables: [{ table: 'bookings', settledBefore: SETTLED, rows: 6, buckets: many }] });
    const [rows, checksums] = remarks(withBuckets([]), bookmark);
    expect(rows).toMatchObject({ verdict: 'failed', expected: 6, found: 0 });
    expect(rows!.says).toMatch(/and 3 more times$/);
    expect(checksums).toMatchObject({ id: 'checksums:bookings', verdict: 'not_run' });
  });

  it('more than the source had fail, also in a bucket that the source did not have', () => {
    const invented = { from: null, rows: 1, checksum: '9' };
    const bookmark = aBookmark({
      tables: [{ table: 'bookings', settledBefore: SETTLED, rows: 15, buckets: BUCKETS.slice(1) }],
    });
    expect(remarks(withBuckets([invented, ...BUCKETS.slice(1)]), bookmark)).toMatchObject([
      { id: 'rows:bookings', verdict: 'failed', expected: 15, found: 16, says: expect.stringContaining('1 row more') },
    ]);
  });

  it('missing here and too many there fail, though the sum is right', () => {
    const moved = BUCKETS.map((bucket, index) => ({
      ...bucket,
      rows: bucket.rows + [0, -1, 1][index]!,
      checksum: '0',
    }));
    expect(remarks(withBuckets(moved))).toMatchObject([
      {
        id: 'rows:bookings',
        verdict: 'failed',
        expected: 115,
        found: 115,
        says: expect.stringMatching(/1 row of bookings missing.*; 1 row more/),
      },
      { id: 'checksums:bookings', verdict: 'failed' },
    ]);
  });

  it('altered fail, naming the bucket', () => {
    expect(remarks(withBuckets(without(2, { checksum: '43' })))).toEqual([
      {
        id: 'checksums:bookings',
        says: `rows of bookings are not what they were, written ${SECOND} to ${SETTLED}`,
        verdict: 'failed',
        expected: 3,
        found: 2,
      },
    ]);
  });

  it('without a time are told: nothing can be said of them', () => {
    expect(remarks(withBuckets(BUCKETS, 4))).toMatchObject([{ id: 'undated:bookings', verdict: 'noticed', found: 4 }]);
  });

  it('that cannot be read fail, whoever asks', () => {
    for (const code of ['XX001', '42P01', '42501']) {
      const tables = [{ table: 'bookings', counted: failure(code), doubleKeys: failure(code) }];
      expect(remarks({ tables })).toMatchObject([{ id: 'rows:bookings', verdict: 'failed', found: code }]);
    }
  });

  it('whose key stands twice fail', () => {
    const tables = [{ ...aCopy().tables[0]!, doubleKeys: { value: 2 } }];
    expect(remarks({ tables })).toMatchObject([{ id: 'key:bookings', verdict: 'failed', expected: 0, found: 2 }]);
  });

  it('of a table that is no longer declared are not looked at, and that is told', () => {
    const gone = { ...aBookmark().tables[0]!, table: 'old' };
    expect(remarks({}, aBookmark({ tables: [...aBookmark().tables, gone] }))).toMatchObject([
      { id: 'rows:old', verdict: 'not_run' },
    ]);
  });

  it('of a table declared since the bookmark are not counted among those expected', () => {
    const since = {
      table: 'new',
      counted: { value: { buckets: [{ from: null, rows: 9, checksum: '' }], undated: 0 } },
      doubleKeys: { value: 0 },
    };
    const { validation } = judgeCopy(aBookmark(), aCopy({ tables: [...aCopy().tables, since] }));
    expect([validation.rowsExpected, validation.rowsFound]).toEqual([115, 115]);
  });
});

describe('against a bookmark taken later', () => {
  it('rows missing fail all the same', () => {
    expect(remarks(withBuckets(without(1, { rows: 8 })), later)).toMatchObject([
      { id: 'rows:bookings', verdict: 'failed' },
    ]);
  });

  it('rows the source no longer has are noticed', () => {
    expect(remarks(withBuckets(without(1, { rows: 12, checksum: '1' })), later)).toMatchObject([
      { id: 'rows:bookings', verdict: 'noticed', expected: 115, found: 117 },
    ]);
  });

  it('rows missing fail also where the source has deleted others since', () => {
    const both = BUCKETS.map((bucket, index) => ({ ...bucket, rows: bucket.rows + [0, -1, 1][index]! }));
    expect(remarks(withBuckets(both), later)).toMatchObject([{ id: 'rows:bookings', verdict: 'failed' }]);
  });

  it('rows changed since are noticed', () => {
    expect(remarks(withBuckets(without(1, { checksum: '1' })), later)).toMatchObject([
      { id: 'checksums:bookings', verdict: 'noticed' },
    ]);
  });

  it('a schema migrated since is noticed', () => {
    expect(remarks({ fingerprints: { columns: 'c0', indexes: 'i1' } }, later)).toMatchObject([
      { id: 'schema', verdict: 'noticed', says: expect.stringContaining('columns are not what they were') },
    ]);
  });

  it('numbers given out since are noticed, numbers in use in the copy fail', () => {
    expect(remarks(state('240', '240'), later)).toMatchObject([
      { id: 'sequence:reminders_id_seq', verdict: 'noticed' },
    ]);
    expect(remarks(state('239', '240'), later)).toMatchObject([{ id: 'sequence:reminders_id_seq', verdict: 'failed' }]);
  });

  it('a sequence made since is noticed', () => {
    expect(remarks({ sequences: [] }, later)).toMatchObject([{ id: 'sequence:reminders_id_seq', verdict: 'noticed' }]);
    expect(remarks({ sequences: [] })).toMatchObject([{ id: 'sequence:reminders_id_seq', verdict: 'failed' }]);
  });
});

describe('without a bookmark', () => {
  it('a table without a row is noticed, a table with rows is not judged, and nothing fails', () => {
    expect(remarks(withBuckets([{ from: null, rows: 0, checksum: '' }]), null)).toMatchObject([
      { id: 'rows:bookings', verdict: 'noticed', found: 0 },
      { id: 'schema', verdict: 'not_run' },
    ]);
    const { validation, failed } = judgeCopy(null, aCopy());
    expect(failed).toEqual([]);
    expect([validation.rowsExpected, validation.rowsFound]).toEqual([null, 115]);
  });

  it('orphans, sequences, indexes, keys and rules fail still', () => {
    const ids = remarks(
      {
        tables: [{ ...aCopy().tables[0]!, doubleKeys: { value: 1 } }],
        foreignKeys: [{ key: KEY, orphans: { value: 1 } }],
        ...state('1', '250'),
        indexes: [{ index: INDEX, whole: failure('XX002') }],
        invariants: [{ invariant: RULE, violations: { value: 1 } }],
      },
      null,
    )
      .filter(({ verdict }) => verdict === 'failed')
      .map(({ id }) => id);
    expect(ids).toEqual([
      ...['key:bookings', 'foreign-key:reminders_booking_id_fkey', 'sequence:reminders_id_seq'],
      ...['invariant:rule', 'index:bookings_pkey'],
    ]);
  });
});
