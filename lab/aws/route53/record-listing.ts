import type { RecordSet } from '../../dns/record-set.ts';
import { escapedName } from '../../dns/zone-change.ts';
import { nameFromWire, sortingName } from './domain-names.ts';
import { requireZone } from './hosted-zones.ts';
import { type Operation, pageSize } from './operation.ts';
import { invalidInput } from './route53-error.ts';
import type { XmlValue } from './xml.ts';

const MOST_RECORDS = 300;

type SortingKey = readonly [name: string, type: string, setIdentifier: string];

const keyOf = (record: RecordSet): SortingKey => [sortingName(record.name), record.type, record.setIdentifier ?? ''];

function compare(one: SortingKey, other: SortingKey): number {
  for (const [index, part] of one.entries()) {
    const against = other[index]!;
    if (part !== against) return part < against ? -1 : 1;
  }
  return 0;
}

const view = (record: RecordSet): XmlValue => ({
  Name: escapedName(record.name),
  Type: record.type,
  ...(record.setIdentifier === undefined ? {} : { SetIdentifier: record.setIdentifier }),
  ...(record.failover === undefined ? {} : { Failover: record.failover }),
  TTL: record.ttlSeconds,
  ResourceRecords: { ResourceRecord: record.values.map((Value) => ({ Value })) },
  ...(record.healthCheckId === undefined ? {} : { HealthCheckId: record.healthCheckId }),
});

export const listResourceRecordSets: Operation = {
  name: 'ListResourceRecordSets',
  method: 'GET',
  path: 'hostedzone/{id}/rrset',
  mutating: false,
  handle: ({ zone }, { id, query }) => {
    requireZone(zone, id);
    const name = query.get('name');
    const type = query.get('type');
    const identifier = query.get('identifier');
    if (type !== null && name === null) throw invalidInput("'StartRecordType' needs 'StartRecordName' beside it");
    if (identifier !== null && type === null) {
      throw invalidInput("'StartRecordIdentifier' needs 'StartRecordName' and 'StartRecordType' beside it");
    }
    const start: SortingKey = [name === null ? '' : sortingName(nameFromWire(name)), type ?? '', identifier ?? ''];
    const size = pageSize(query, MOST_RECORDS);
    const rest = zone.records
      .map((record) => ({ record, key: keyOf(record) }))
      .filter(({ key }) => compare(key, start) >= 0)
      .sort((one, other) => compare(one.key, other.key))
      .map(({ record }) => record);
    const page = rest.slice(0, size);
    const next = rest[size];
    return {
      target: zone.name,
      body: {
        ResourceRecordSets: page.length > 0 ? { ResourceRecordSet: page.map(view) } : '',
        IsTruncated: next !== undefined,
        ...(next === undefined
          ? {}
          : {
              NextRecordName: escapedName(next.name),
              NextRecordType: next.type,
              ...(next.setIdentifier === undefined ? {} : { NextRecordIdentifier: next.setIdentifier }),
            }),
        MaxItems: size,
      },
    };
  },
};
