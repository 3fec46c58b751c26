import { AWS_DEFAULTS, REGIONS, type Region, restorePlacement } from '../../../topology.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { SERVICE_SUBNET_GROUP } from '../clusters/cluster-settings.ts';
import { arnOf } from '../identifiers.ts';
import { pageOf } from '../page.ts';
import { rdsFault } from '../rds-faults.ts';

const ZONES = ['a', 'b', 'c'] as const;

const namesIn = (region: Region): readonly string[] => [
  AWS_DEFAULTS.subnetGroup,
  SERVICE_SUBNET_GROUP,
  restorePlacement(region).subnetGroup,
];

export const subnetGroupArns = (): readonly string[] =>
  REGIONS.flatMap((region) => namesIn(region).map((name) => arnOf(region, 'subgrp', name)));

/** The group of that name, as it is spelt; throws when the region has none. */
export function knownSubnetGroup(region: Region, named: string): string {
  const found = namesIn(region).find((name) => name === named.toLowerCase());
  if (!found) throw rdsFault('DBSubnetGroupNotFoundFault', `DBSubnetGroup '${named}' doesn't exist.`);
  return found;
}

/** `DescribeDBSubnetGroups`. */
export function describeSubnetGroups(region: Region, parameters: QueryParameters): XmlObject {
  const named = parameters.text('DBSubnetGroupName');
  const names = named === undefined ? namesIn(region) : [knownSubnetGroup(region, named)];
  const { items, marker } = pageOf(names, parameters);
  return { Marker: marker, DBSubnetGroups: items.map((name) => shown(region, name)) };
}

const shown = (region: Region, name: string): XmlObject => ({
  DBSubnetGroupName: name,
  DBSubnetGroupDescription: `${name} of the lab`,
  DBSubnetGroupArn: arnOf(region, 'subgrp', name),
  VpcId: `vpc-lab-${region}`,
  SubnetGroupStatus: 'Complete',
  Subnets: ZONES.map((zone) => ({
    SubnetIdentifier: `subnet-${name}-${zone}`,
    SubnetAvailabilityZone: { Name: `${region}${zone}` },
    SubnetStatus: 'Active',
  })),
});
