import { describe, expect, it } from 'vitest';
import { judgeCopy } from '../../../activities/database/validation/judging/judge-copy.ts';
import { validationFailed } from '../../../activities/database/validation/judging/validation-failed.ts';
import type { SeenCopy } from '../../../activities/database/validation/look-at-copy.ts';
import type { Bookmark } from '../../../runbooks/actions/database/bookmark-schema.ts';
import { validationSchema } from '../../../runbooks/actions/database/validate.ts';
import {
  aBookmark,
  aCopy,
  BUCKETS,
  FIRST,
  failure,
  INDEX,
  KEY,
  RULE,
  SECOND,
  SEQUENCE,
  SETTLED,
  withBuckets,
} from './a-copy.ts';

/** Every check that did not simply pass. */
function remarks(change: Partial<SeenCopy>, bookmark: Bookmark | null = aBookmark()) {
  const { validation } = judgeCopy(bookmark, aCopy(change));
  validationSchema.parse(validation);
  return validation.checks.filter(({ verdict }) => verdict !== 'passed');
}
const later = aBookmark({ taken: 'later' });
const without = (index: number, change: Partial<(typeof BUCKETS)[number]>) =>
  BUCKETS.map((bucket, position) => (position === index ? { ...bucket, ...change } : bucket));
const state = (last: string, furthest: string | null, change: Partial<typeof SEQUENCE> = {}, called = true) => ({
  sequences: [{ sequence: { ...SEQUENCE, ...change }, state: { value: { last, called, furthest } } }],
});

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

describe('sequences', () => {
  const of = (...given: Parameters<typeof state>) => remarks(state(...given)).map(({ verdict }) => verdict);

  it('that would give a number in use fail', () => {
    expect(of('249', '250')).toEqual(['failed']);
    expect(of('250', '250')).toEqual([]);
    // Not called yet: what it stands at comes next.
    expect(of('250', '250', {}, false)).toEqual(['failed']);
    expect(of('251', '250', {}, false)).toEqual([]);
  });

  it('behind what the source had given out fail, though the copy has fewer rows', () => {
    expect(remarks(state('240', '240'))).toMatchObject([{ verdict: 'failed', expected: 'at least 250', found: '240' }]);
  });

  it('that count down fail above what is in use', () => {
    const marked = { ...aBookmark().sequences[0]!, highestInUse: '-5' };
    const bookmark = aBookmark({ sequences: [marked] });
    const verdicts = (last: string) =>
      remarks(state(last, '-5', { descending: true }), bookmark).map(({ verdict }) => verdict);
    expect(verdicts('-4')).toEqual(['failed']);
    expect(verdicts('-5')).toEqual([]);
    expect(verdicts('-9')).toEqual([]);
  });

  it('hold beyond what a floating number holds', () => {
    expect(of('9007199254740992', '9007199254740993')).toEqual(['failed']);
    expect(of('9007199254740993', '9007199254740993.7')).toEqual([]);
  });

  it('of an empty column pass wherever they stand', () => {
    expect(remarks(state('1', null, {}, false), aBookmark({ sequences: [] }))).toEqual([]);
  });

  it('that begin again at their end cannot be judged', () => {
    expect(of('1', '250', { cycles: true })).toEqual(['not_run']);
  });
});

describe('structure', () => {
  it('an orphaned row fails, naming both tables', () => {
    expect(remarks({ foreignKeys: [{ key: KEY, orphans: { value: 1 } }] })).toEqual([
      {
        id: 'foreign-key:reminders_booking_id_fkey',
        says: '1 row of reminders refer to nothing in bookings',
        verdict: 'failed',
        expected: 0,
        found: 1,
      },
    ]);
  });

  it('a key that promises nothing is not held against the copy', () => {
    const key = { ...KEY, validated: false };
    expect(remarks({ foreignKeys: [{ key, orphans: null }] })).toMatchObject([
      { verdict: 'not_run', says: expect.stringContaining('NOT VALID') },
    ]);
  });

  it.each([
    [{ valid: false }, 'invalid'],
    [{ ready: false }, 'not ready'],
  ])('an index with %o fails', (change, found) => {
    expect(remarks({ indexes: [{ index: { ...INDEX, ...change }, whole: null }] })).toMatchObject([
      { id: 'index:bookings_pkey', verdict: 'failed', expected: 'ready', found },
    ]);
  });

  it('a corrupt index fails by name', () => {
    const whole = failure('XX002', 'XX002: item order invariant violated');
    expect(remarks({ indexes: [{ index: INDEX, whole }] })).toMatchObject([
      {
        id: 'index:bookings_pkey',
        verdict: 'failed',
        found: 'XX002',
        says: expect.stringContaining('is damaged: XX002'),
      },
    ]);
    expect(remarks({ systemIndexes: whole })).toMatchObject([{ id: 'system-indexes', verdict: 'failed' }]);
  });

  it('an index that nobody may look at, or nothing can, is told as not looked at', () => {
    const seen = [
      { index: INDEX, whole: failure('42501', '42501: permission denied for function bt_index_check') },
      { index: { ...INDEX, name: 'gin', btree: false }, whole: null },
    ];
    expect(remarks({ indexes: seen })).toMatchObject([
      { verdict: 'not_run', says: expect.stringContaining('permission denied') },
      { verdict: 'not_run', says: 'only B-trees can be looked at' },
    ]);
    expect(remarks({ amcheck: false, systemIndexes: null, indexes: [{ index: INDEX, whole: null }] })).toMatchObject([
      { verdict: 'not_run', says: expect.stringContaining('amcheck is not installed') },
    ]);
  });

  it('a schema that drifted fails, naming the kinds of object that differ', () => {
    expect(remarks({ fingerprints: { columns: 'c1', indexes: 'i2', triggers: 't' } })).toMatchObject([
      { id: 'schema', verdict: 'failed', says: 'indexes, triggers are not what they were' },
    ]);
    const { schemaParts: _left, ...older } = aBookmark();
    expect(remarks({ fingerprints: { columns: 'c2' } }, older)).toMatchObject([
      { id: 'schema', verdict: 'failed', says: 'definitions are not what they were' },
    ]);
  });

  it('pages with a wrong checksum fail; without checksums nothing can be told', () => {
    expect(remarks({ pageFailures: 3 })).toMatchObject([{ id: 'data-checksums', verdict: 'failed', found: 3 }]);
    expect(remarks({ pageFailures: null })).toMatchObject([{ id: 'data-checksums', verdict: 'not_run' }]);
  });
});

describe('canaries and rules', () => {
  it('the newest canary missing fails', () => {
    expect(remarks({ canariesFound: { value: [{ vantage: 'second', number: 31 }] } })).toMatchObject([
      { id: 'canary:control', verdict: 'failed', expected: 31, found: null },
    ]);
    expect(remarks({ canariesFound: failure('42703') })).toMatchObject([{ id: 'canary:control', verdict: 'failed' }]);
  });

  it('without any on the source nothing can be told', () => {
    expect(remarks({}, aBookmark({ newestCanaries: [] }))).toMatchObject([{ id: 'canary', verdict: 'not_run' }]);
  });

  it('when none is found, or nothing tells when they were written, no time is given', () => {
    for (const newestCanaries of [null, { value: [] }, failure('42703')]) {
      expect(judgeCopy(aBookmark(), aCopy({ newestCanaries })).validation.newestCanaryAt).toBeNull();
    }
  });

  it('a broken rule fails with the number of rows against it; one that cannot be asked fails too', () => {
    expect(remarks({ invariants: [{ invariant: RULE, violations: { value: 3 } }] })).toMatchObject([
      { id: 'invariant:rule', verdict: 'failed', expected: 0, found: 3 },
    ]);
    expect(remarks({ invariants: [{ invariant: RULE, violations: failure('42501') }] })).toMatchObject([
      { id: 'invariant:rule', verdict: 'failed', found: '42501' },
    ]);
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

describe('what is told', () => {
  const manyIndexes = (number: number, whole: SeenCopy['indexes'][number]['whole'] = { value: true }) =>
    Array.from({ length: number }, (_, position) => ({ index: { ...INDEX, name: `index_${position}` }, whole }));

  it('is at most 400 checks, those that did not pass first', () => {
    const indexes = [...manyIndexes(600), { index: { ...INDEX, name: 'broken' }, whole: failure('XX002') }];
    const { validation, failed } = judgeCopy(aBookmark(), aCopy({ indexes }));
    validationSchema.parse(validation);
    expect(failed.map(({ id }) => id)).toEqual(['index:broken']);
    expect(validation.checks).toHaveLength(400);
    expect(validation.checks[0]!.id).toBe('index:broken');
    expect(validation.checks.at(-1)).toMatchObject({ id: 'others', verdict: 'passed' });
    expect(validation.passed).toBe(610);
    expect(JSON.stringify(validation).length).toBeLessThan(64 * 1024);
  });

  it('of a failure names the first three in words, and every one as data', () => {
    const { validation, failed } = judgeCopy(
      aBookmark(),
      aCopy({ indexes: manyIndexes(5, failure('XX002', 'XX002: out of order')) }),
    );
    const input = { region: 'eu-west-1', cluster: 'dr-1', bookmark: aBookmark() };
    const error = validationFailed(input, validation, failed);
    expect(error).toMatchObject({ code: 'DR_VALIDATION_FAILED', retryable: false, field: 'index:index_0' });
    expect(error.message).toBe(
      'dr-1 in eu-west-1 is not what the source was: 5 of 15 checks failed. ' +
        [0, 1, 2]
          .map(
            (index) =>
              `index:index_${index}: an index of bookings is damaged: XX002: out of order (expected whole, found XX002)`,
          )
          .join('; ') +
        '; and 2 more',
    );
    expect((error.actual as unknown[]).length).toBe(5);
    expect(validationFailed({ ...input, bookmark: null }, validation, failed).message).toContain(
      'dr-1 in eu-west-1 is not whole',
    );
  });
});
