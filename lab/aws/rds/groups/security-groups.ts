import { AWS_DEFAULTS, type Region, restorePlacement } from '../../../topology.ts';
import { invalidValue } from '../../query/query-fault.ts';
import { SERVICE_SECURITY_GROUP } from '../clusters/cluster-settings.ts';

/** Checks that the region has each of them. */
export function knownSecurityGroups(region: Region, named: readonly string[]): readonly string[] {
  const known = [AWS_DEFAULTS.securityGroup, SERVICE_SECURITY_GROUP, ...restorePlacement(region).securityGroups];
  for (const id of named) {
    if (!known.includes(id)) throw invalidValue(`Invalid security group , groupId= ${id}, groupName=.`);
  }
  return named;
}
