import { InvalidRecordValue, recordAnswer } from './record-data.ts';
import { isInZone, isSameSet, type RecordSet } from './record-set.ts';

export interface ZoneChange {
  readonly action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly record: RecordSet;
}

/** Either the records after the whole batch, or every reason why none of it may happen. */
type BatchOutcome =
  | { readonly kind: 'applied'; readonly records: readonly RecordSet[] }
  | { readonly kind: 'refused'; readonly messages: readonly string[] };

/** A name as Route 53 spells it in answers and messages: anything unusual as a backslash and three octal digits. */
export const escapedName = (name: string): string =>
  name.replace(/[^a-z0-9\-_.]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);

const named = (record: RecordSet): string =>
  `[name='${escapedName(record.name)}', type='${record.type}'${
    record.setIdentifier === undefined ? '' : `, set identifier='${record.setIdentifier}'`
  }]`;

const sameContent = (one: RecordSet, other: RecordSet): boolean =>
  one.ttlSeconds === other.ttlSeconds &&
  one.failover === other.failover &&
  one.healthCheckId === other.healthCheckId &&
  JSON.stringify([...one.values].sort()) === JSON.stringify([...other.values].sort());

function existence({ action, record }: ZoneChange, existing: RecordSet | undefined): string | null {
  if (action === 'CREATE' && existing) {
    return `Tried to create resource record set ${named(record)} but it already exists`;
  }
  if (action === 'DELETE' && !existing) {
    return `Tried to delete resource record set ${named(record)} but it was not found`;
  }
  if (action === 'DELETE' && existing && !sameContent(existing, record)) {
    return `Tried to delete resource record set ${named(record)} but the values provided do not match the current values`;
  }
  return null;
}

function values(record: RecordSet): string | null {
  try {
    for (const value of record.values) recordAnswer(record.type, record.name, record.ttlSeconds, value);
    if (new Set(record.values).size < record.values.length) {
      return `Duplicate Resource Record in resource record set ${named(record)}`;
    }
    return null;
  } catch (caught) {
    if (caught instanceof InvalidRecordValue) return caught.message;
    throw caught;
  }
}

/** What the other records forbid; `others` are all that would stand beside it. */
function company(record: RecordSet, others: readonly RecordSet[], zoneName: string): string | null {
  const name = escapedName(record.name);
  const sameName = others.filter((other) => other.name === record.name);
  if (record.type === 'CNAME' && record.name === zoneName) {
    return `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zoneName}`;
  }
  if (record.type === 'CNAME' && sameName.some((other) => other.type !== 'CNAME')) {
    return `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zoneName}`;
  }
  if (record.type !== 'CNAME' && sameName.some((other) => other.type === 'CNAME')) {
    return `RRSet of type ${record.type} with DNS name ${name} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${zoneName}`;
  }
  const siblings = sameName.filter((other) => other.type === record.type);
  const subject = `RRSet with DNS name ${name}, type ${record.type}`;
  if (record.setIdentifier === undefined && siblings.length > 0) {
    return `${subject} cannot be created as other RRSets exist with the same name and type.`;
  }
  if (record.failover !== undefined && siblings.some((other) => other.failover === undefined)) {
    return `${subject}, SetIdentifier ${record.setIdentifier} cannot be created as a non-failover set exists with the same name and type.`;
  }
  if (record.failover !== undefined && siblings.some((other) => other.failover === record.failover)) {
    return `${subject}, SetIdentifier ${record.setIdentifier} cannot be created as a ${record.failover} failover set already exists with the same name and type.`;
  }
  return null;
}

/**
 * Applies a batch, change by change, to a copy; any refusal refuses all of it. Each change sees what the ones before it
 * did, so replacing a simple record by a failover pair means deleting it first, in the same batch.
 */
export function applyBatch(
  zoneName: string,
  current: readonly RecordSet[],
  changes: readonly ZoneChange[],
): BatchOutcome {
  const messages: string[] = [];
  let records = current;
  for (const change of changes) {
    const { action, record } = change;
    const others = records.filter((other) => !isSameSet(other, record));
    const existing = records.find((other) => isSameSet(other, record));
    const apexSoa = record.name === zoneName && record.type === 'SOA';
    const apexNs = record.name === zoneName && record.type === 'NS';
    const message = !isInZone(record.name, zoneName)
      ? `RRSet with DNS name ${escapedName(record.name)} is not permitted in zone ${zoneName}`
      : action === 'DELETE' && apexSoa
        ? 'A HostedZone must contain exactly one SOA record.'
        : action === 'DELETE' && apexNs
          ? 'A HostedZone must contain at least one NS record for the zone itself.'
          : (existence(change, existing) ??
            (action === 'DELETE' ? null : (values(record) ?? company(record, others, zoneName))));
    if (message !== null) messages.push(message);
    else records = action === 'DELETE' ? others : [...others, record];
  }
  return messages.length > 0 ? { kind: 'refused', messages } : { kind: 'applied', records };
}
