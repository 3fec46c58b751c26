import { AWS_DEFAULTS, type Region } from '../../../topology.ts';
import type { Keys } from '../../kms/keys.ts';
import { invalidCombination, invalidValue } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { ParameterGroups } from '../groups/parameter-groups.ts';
import { knownSecurityGroups } from '../groups/security-groups.ts';
import { knownSubnetGroup } from '../groups/subnet-groups.ts';
import { usableKey } from '../groups/usable-key.ts';
import { rdsFault } from '../rds-faults.ts';
import type { ClusterSettings } from './cluster-settings.ts';

const LONGEST_RETENTION_DAYS = 35;

/** What a restored cluster inherits where the request does not say. */
interface Restorable {
  readonly kmsKey: string | null;
  readonly backupRetentionDays: number;
}

interface AccountResources {
  readonly keys: Keys;
  readonly parameterGroups: ParameterGroups;
}

/**
 * What a restore request makes of the new cluster. Of the source it keeps key and retention; groups that are not named are AWS's
 * defaults, and deletion protection is off. Throws for whatever the region does not have.
 */
export function placementOf(
  region: Region,
  parameters: QueryParameters,
  source: Restorable,
  { keys, parameterGroups }: AccountResources,
): ClusterSettings {
  const securityGroups = parameters.texts('VpcSecurityGroupIds');
  return {
    subnetGroup: knownSubnetGroup(region, parameters.text('DBSubnetGroupName') ?? AWS_DEFAULTS.subnetGroup),
    securityGroups:
      securityGroups.length === 0 ? [AWS_DEFAULTS.securityGroup] : knownSecurityGroups(region, securityGroups),
    parameterGroup: knownParameterGroup(region, parameters, parameterGroups) ?? AWS_DEFAULTS.parameterGroup,
    kmsKey: keyOf(region, parameters, source, keys),
    deletionProtection: parameters.flag('DeletionProtection') ?? false,
    backupRetentionDays: retentionOf(parameters) ?? source.backupRetentionDays,
    copyTagsToSnapshot: parameters.flag('CopyTagsToSnapshot') ?? false,
    multiAz: false,
  };
}

export function knownParameterGroup(
  region: Region,
  parameters: QueryParameters,
  groups: ParameterGroups,
): string | undefined {
  const named = parameters.text('DBClusterParameterGroupName');
  if (named === undefined) return undefined;
  const found = groups.find(region, named);
  if (!found) throw rdsFault('DBClusterParameterGroupNotFoundFault', `DBClusterParameterGroup not found: ${named}`);
  return found.name;
}

export function retentionOf(parameters: QueryParameters): number | undefined {
  const days = parameters.integer('BackupRetentionPeriod');
  if (days !== undefined && (days < 1 || days > LONGEST_RETENTION_DAYS)) {
    throw invalidValue(
      `Invalid backup retention period. It must be between 1 and ${LONGEST_RETENTION_DAYS}, not ${days}.`,
    );
  }
  return days;
}

/** The key named, else the source's own; either must be usable now. */
function keyOf(region: Region, parameters: QueryParameters, source: Restorable, keys: Keys): string | null {
  const named = parameters.text('KmsKeyId');
  if (source.kmsKey === null) {
    if (named === undefined) return null;
    throw invalidCombination('KmsKeyId cannot be given: the source is not encrypted.');
  }
  return usableKey(keys, region, named ?? source.kmsKey);
}
