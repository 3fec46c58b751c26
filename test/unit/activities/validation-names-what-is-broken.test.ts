import { describe, expect, it } from 'vitest';
import { judgeCopy } from '../../../activities/database/validation/judging/judge-copy.ts';
import { validationFailed } from '../../../activities/database/validation/judging/validation-failed.ts';
import type { SeenCopy } from '../../../activities/database/validation/look-at-copy.ts';
import { validationSchema } from '../../../runbooks/actions/database/validate.ts';
import { aBookmark, aCopy, failure, INDEX, KEY, RULE } from './a-copy.ts';
import { remarks, state } from './remarks.ts';

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
