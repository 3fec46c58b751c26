import type { StatementFailure } from '../../../activities/clients/statement-failure.ts';
import type { ForeignKey } from '../../../activities/database/validation/foreign-keys.ts';
import type { Index } from '../../../activities/database/validation/indexes.ts';
import type { SeenCopy } from '../../../activities/database/validation/look-at-copy.ts';
import { fingerprintOfAll } from '../../../activities/database/validation/schema-fingerprint.ts';
import type { OwnedSequence } from '../../../activities/database/validation/sequences.ts';
import type { Bucket } from '../../../activities/database/validation/settled-rows.ts';
import type { Bookmark } from '../../../runbooks/actions/database/bookmark-schema.ts';

export const FIRST = '2026-11-21T03:00:00.000000Z';
export const SECOND = '2026-11-21T03:00:10.000000Z';
export const SETTLED = '2026-11-21T03:00:18.000000Z';
export const BUCKETS = [
  { from: null, rows: 100, checksum: '1000' },
  { from: FIRST, rows: 10, checksum: '-77' },
  { from: SECOND, rows: 5, checksum: '42' },
];
const PARTS = { columns: 'c1', indexes: 'i1' };

/** What the source held. */
export function aBookmark(change: Partial<Bookmark> = {}): Bookmark {
  return {
    region: 'eu-west-1',
    cluster: 'booking-ew1',
    at: '2026-11-21T03:00:20.000000Z',
    taken: 'exact',
    tables: [
      { table: 'bookings', settledBefore: SETTLED, rows: 115, buckets: BUCKETS.map((bucket) => ({ ...bucket })) },
    ],
    sequences: [{ sequence: 'reminders_id_seq', table: 'reminders', column: 'id', highestInUse: '250' }],
    schemaFingerprint: fingerprintOfAll(PARTS),
    schemaParts: PARTS,
    newestCanaries: [{ vantage: 'control', number: 31, writtenAt: '2026-11-21T03:00:19.500000Z' }],
    sizeBytes: 1_000,
    ...change,
  };
}

export const SEQUENCE: OwnedSequence = {
  schema: 'public',
  name: 'reminders_id_seq',
  tableSchema: 'public',
  table: 'reminders',
  column: 'id',
  descending: false,
  cycles: false,
};

export const KEY: ForeignKey = {
  name: 'reminders_booking_id_fkey',
  child: { schema: 'public', name: 'reminders', partitioned: false },
  parent: { schema: 'public', name: 'bookings', partitioned: false },
  match: 'simple',
  definition: 'FOREIGN KEY (booking_id) REFERENCES bookings(id)',
  validated: true,
  columns: [{ child: 'booking_id', parent: 'id', operator: ['pg_catalog', '='], collation: null }],
};

export const INDEX: Index = {
  oid: '1',
  schema: 'public',
  name: 'bookings_pkey',
  table: 'bookings',
  valid: true,
  ready: true,
  btree: true,
};

export const RULE = { id: 'rule', says: 'no two canaries with one number', sql: 'select 1' };

/** A copy that is exactly what the bookmark says, but for what is changed. */
export function aCopy(change: Partial<SeenCopy> = {}): SeenCopy {
  return {
    tables: [{ table: 'bookings', counted: { value: { buckets: BUCKETS, undated: 0 } }, doubleKeys: { value: 0 } }],
    foreignKeys: [{ key: KEY, orphans: { value: 0 } }],
    sequences: [{ sequence: SEQUENCE, state: { value: { last: '264', called: true, furthest: '250' } } }],
    indexes: [{ index: INDEX, whole: { value: true } }],
    amcheck: true,
    systemIndexes: { value: 165 },
    newestCanaries: { value: [{ vantage: 'control', number: 31, writtenAt: '2026-11-21T03:00:19.500000Z' }] },
    canariesFound: { value: [{ vantage: 'control', number: 31 }] },
    invariants: [{ invariant: RULE, violations: { value: 0 } }],
    fingerprints: PARTS,
    pageFailures: 0,
    sizeBytes: 2_000,
    finishedAt: '2026-11-21T03:30:00.000Z',
    ...change,
  };
}

/** The declared table, with these buckets instead. */
export const withBuckets = (buckets: readonly Bucket[], undated = 0): Partial<SeenCopy> => ({
  tables: [{ table: 'bookings', counted: { value: { buckets, undated } }, doubleKeys: { value: 0 } }],
});

export const failure = (code: string, because = code): { readonly failure: StatementFailure } => ({
  failure: { code, because },
});
