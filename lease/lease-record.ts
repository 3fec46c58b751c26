import { LifeboatError } from '../domain/errors.ts';
import type { LeaseGrant, Writer } from './lease-store.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A grant as read from `path`; refuses a file that is not one, because guessing here admits a second writer. */
export function parseGrant(text: string, path: string): LeaseGrant {
  const fields = fieldsOf(text, path);
  return {
    epoch: wholeNumber(fields, 'epoch', path),
    region: nonEmpty(fields, 'region', path),
    advancedAt: nonEmpty(fields, 'advancedAt', path),
    ttlMs: wholeNumber(fields, 'ttlMs', path),
    ...(fields['previousTtlMs'] === undefined ? {} : { previousTtlMs: wholeNumber(fields, 'previousTtlMs', path) }),
  };
}

/** A writer's registration; a malformed one is an error too, since a fence may not overlook a writer. */
export function parseWriter(text: string, path: string): Writer {
  const fields = fieldsOf(text, path);
  return {
    id: nonEmpty(fields, 'id', path),
    region: nonEmpty(fields, 'region', path),
    epoch: wholeNumber(fields, 'epoch', path),
    renewedAt: nonEmpty(fields, 'renewedAt', path),
    rechecks: fields['rechecks'] === true,
    boundsTransactions: fields['boundsTransactions'] === true,
    ...(fields['graceMs'] === undefined ? {} : { graceMs: wholeNumber(fields, 'graceMs', path) }),
  };
}

function fieldsOf(text: string, path: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Falls through to the same refusal: not JSON and not an object are one defect to whoever must mend the file.
  }
  throw malformed(path, '', 'a JSON object', text.slice(0, 80));
}

function wholeNumber(fields: Fields, field: string, path: string): number {
  const value = fields[field];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(path, field, 'a whole number of 0 or more', value);
}

function nonEmpty(fields: Fields, field: string, path: string): string {
  const value = fields[field];
  if (typeof value === 'string' && value !== '') return value;
  throw malformed(path, field, 'a text', value);
}

function malformed(path: string, field: string, expected: string, actual: unknown): LifeboatError {
  const found = JSON.stringify(actual) ?? 'nothing';
  return new LifeboatError('DR_LEASE_STORE', `${path}: ${field || 'content'} must be ${expected}, found ${found}`, {
    field: field || path,
    expected,
    actual: found,
    remedy: 'Restore the file from a backup of the lease folder; do not edit it.',
    retryable: false,
  });
}
