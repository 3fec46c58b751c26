import { invalidValue } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';

const DEFAULT_RECORDS = 100;
const LEAST_RECORDS = 20;
const MOST_RECORDS = 100;

/** One page of a list by `MaxRecords` and `Marker`, as every RDS description takes them. */
export function pageOf<Item>(
  all: readonly Item[],
  parameters: QueryParameters,
): { readonly items: readonly Item[]; readonly marker: string | undefined } {
  const records = parameters.integer('MaxRecords') ?? DEFAULT_RECORDS;
  if (records < LEAST_RECORDS || records > MOST_RECORDS) {
    throw invalidValue(`MaxRecords must be ${LEAST_RECORDS} to ${MOST_RECORDS}, not ${records}.`);
  }
  const from = readMarker(parameters.text('Marker'));
  const items = all.slice(from, from + records);
  const next = from + items.length;
  return { items, marker: next < all.length ? markerAt(next) : undefined };
}

// Clients must treat a marker as opaque, so it does not look like a number they could count on.
const markerAt = (index: number): string => Buffer.from(`from:${index}`).toString('base64url');

function readMarker(marker: string | undefined): number {
  if (marker === undefined) return 0;
  const match = /^from:(\d{1,9})$/.exec(Buffer.from(marker, 'base64url').toString('utf8'));
  if (!match) throw invalidValue(`Marker ${marker} is not one that this operation returned.`);
  return Number(match[1]);
}
