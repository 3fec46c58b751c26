import type { Zone } from '../../dns/zone.ts';
import { escapedName } from '../../dns/zone-change.ts';
import { nameFromWire, sortingName } from './domain-names.ts';
import { type Operation, pageSize } from './operation.ts';
import { invalidInput, noSuchHostedZone } from './route53-error.ts';
import type { XmlValue } from './xml.ts';

const MOST_ZONES = 100;

const view = (zone: Zone): XmlValue => ({
  Id: `/hostedzone/${zone.id}`,
  Name: escapedName(zone.name),
  CallerReference: 'lab',
  Config: { Comment: 'made by the lab', PrivateZone: false },
  ResourceRecordSetCount: zone.records.length,
});

const listed = (zones: readonly Zone[]): XmlValue => (zones.length > 0 ? { HostedZone: zones.map(view) } : '');

/** @throws Route53Error `NoSuchHostedZone` unless the id is this zone's. */
export function requireZone(zone: Zone, id: string): void {
  if (id !== zone.id) throw noSuchHostedZone(id);
}

export const listHostedZones: Operation = {
  name: 'ListHostedZones',
  method: 'GET',
  path: 'hostedzone',
  mutating: false,
  handle: ({ zone }, { query }) => {
    const marker = query.get('marker');
    if (marker !== null && marker !== zone.id) throw noSuchHostedZone(marker);
    return {
      body: {
        HostedZones: listed([zone]),
        ...(marker === null ? {} : { Marker: marker }),
        IsTruncated: false,
        MaxItems: pageSize(query, MOST_ZONES),
      },
    };
  },
};

export const listHostedZonesByName: Operation = {
  name: 'ListHostedZonesByName',
  method: 'GET',
  path: 'hostedzonesbyname',
  mutating: false,
  handle: ({ zone }, { query }) => {
    const from = query.get('dnsname');
    const fromId = query.get('hostedzoneid');
    if (fromId !== null && from === null) throw invalidInput("'HostedZoneId' needs 'DNSName' beside it");
    // A starting point, not a filter: clients must compare the name they get with the one they want.
    const start = from === null ? '' : sortingName(nameFromWire(from));
    const here = sortingName(zone.name);
    const included = here > start || (here === start && (fromId === null || zone.id >= fromId));
    return {
      target: from ?? zone.name,
      body: {
        HostedZones: listed(included ? [zone] : []),
        ...(from === null ? {} : { DNSName: from }),
        ...(fromId === null ? {} : { HostedZoneId: fromId }),
        IsTruncated: false,
        MaxItems: pageSize(query, MOST_ZONES),
      },
    };
  },
};

export const getHostedZone: Operation = {
  name: 'GetHostedZone',
  method: 'GET',
  path: 'hostedzone/{id}',
  mutating: false,
  handle: ({ zone }, { id }) => {
    requireZone(zone, id);
    return {
      target: zone.name,
      body: {
        HostedZone: view(zone),
        DelegationSet: { NameServers: { NameServer: zone.nameServers.map((name) => name.replace(/\.$/, '')) } },
      },
    };
  },
};
