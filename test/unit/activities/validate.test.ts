import { describe, expect, it } from 'vitest';
import { bookmark } from '../../../activities/database/bookmark.ts';
import { validate } from '../../../activities/database/validate.ts';
import type { Service } from '../../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { aBookmark, aCopy, KEY } from './a-copy.ts';
import { decide, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';

const table = {
  table: 'bookings',
  keyColumn: 'id',
  timestampColumn: 'created_at',
  settledAfterSeconds: 2,
  bucketSeconds: 10,
};
const declaring = (tables: (typeof table)[]): Service => ({
  ...EXAMPLE_SERVICE,
  database: { ...EXAMPLE_SERVICE.database, validation: { deadlineSeconds: 60, tables, invariants: [] } },
});
const undeclared = [
  { ...EXAMPLE_SERVICE, database: { ...EXAMPLE_SERVICE.database, validation: undefined } as never },
  declaring([]),
];
const service = declaring([table]);
const input = { region: 'eu-west-1', cluster: 'dr-1', bookmark: aBookmark() };
/** Clients that must not be used. */
const none = {} as never;
const inMode = (mode: 'dry_run' | 'drill', of: Service) => ({ mode, service: of }) as never;

describe('a bookmark', () => {
  const asked = { region: 'eu-west-1', cluster: 'booking-ew1', asOf: null };

  it('is refused, and nothing is asked, where no table is declared', async () => {
    for (const of of undeclared) {
      const seen = await bookmark.observe(none, asked, inMode('drill', of));
      expect(refusalOf(decide(bookmark, asked, seen, null, { service: of }))).toMatchObject({
        code: 'DR_VALIDATION_NOT_DECLARED',
        field: 'database.validation.tables',
      });
    }
  });

  it('is what was read', () => {
    expect(outputOf(decide(bookmark, asked, aBookmark(), null, { service }))).toEqual(aBookmark());
  });
});

describe('validating', () => {
  it('is refused, and nothing is asked, where no table is declared', async () => {
    for (const of of undeclared) {
      const seen = await validate.observe(none, input, inMode('drill', of));
      expect(refusalOf(decide(validate, input, seen, null, { service: of })).code).toBe('DR_VALIDATION_NOT_DECLARED');
    }
  });

  it('in a dry run asks nothing, since nothing was restored, and predicts a copy that is what the source was', async () => {
    const seen = await validate.observe(none, input, inMode('dry_run', service));
    const decision = decide(validate, input, seen, null, { service, mode: 'dry_run' });
    expect(waitOf(decision)).toContain('nothing was restored');
    expect(decision).toMatchObject({
      predicted: { validatedAt: OBSERVED_AT, rowsExpected: 115, rowsFound: 115, sizeBytes: 1_000, checks: [] },
    });
    expect(decide(validate, { ...input, bookmark: null }, seen, null, { service })).toMatchObject({
      predicted: { rowsExpected: null, rowsFound: 0, newestCanaryAt: null },
    });
  });

  it('is done when no check fails, and is refused with every check that does', () => {
    expect(outputOf(decide(validate, input, aCopy(), null, { service })).rowsFound).toBe(115);
    const orphaned = aCopy({ foreignKeys: [{ key: KEY, orphans: { value: 2 } }] });
    expect(refusalOf(decide(validate, input, orphaned, null, { service }))).toMatchObject({
      code: 'DR_VALIDATION_FAILED',
      actual: [{ id: 'foreign-key:reminders_booking_id_fkey', expected: 0, found: 2 }],
    });
  });
});
