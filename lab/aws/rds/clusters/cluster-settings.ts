import { kmsKeyArn, type Region, restorePlacement } from '../../../topology.ts';
import type { XmlObject } from '../../query/query-xml.ts';

/** Of a cluster: what its owner chooses. */
export interface ClusterSettings {
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string;
  /** ARN; `null`: storage is not encrypted. */
  readonly kmsKey: string | null;
  readonly deletionProtection: boolean;
  readonly backupRetentionDays: number;
  readonly copyTagsToSnapshot: boolean;
  /** Instances in more than one zone. The lab runs one instance per cluster, so it is never so unless a test says it is. */
  readonly multiAz: boolean;
}

/** Subnet group and security group of the service's own clusters: neither AWS's default nor where restores belong. */
export const SERVICE_SUBNET_GROUP = 'booking';
export const SERVICE_SECURITY_GROUP = 'sg-00000000000booking';

/** The service's own cluster of a region, as its owner set it up. */
export const memberSettings = (region: Region): ClusterSettings => ({
  subnetGroup: SERVICE_SUBNET_GROUP,
  securityGroups: [SERVICE_SECURITY_GROUP],
  parameterGroup: restorePlacement(region).parameterGroup,
  kmsKey: kmsKeyArn(region),
  deletionProtection: true,
  backupRetentionDays: 7,
  copyTagsToSnapshot: true,
  multiAz: false,
});

/** The members of `DBCluster` that follow from the settings. */
export const shownSettings = (settings: ClusterSettings): XmlObject => ({
  MultiAZ: settings.multiAz,
  BackupRetentionPeriod: settings.backupRetentionDays,
  DBClusterParameterGroup: settings.parameterGroup,
  DBSubnetGroup: settings.subnetGroup,
  VpcSecurityGroups: shownSecurityGroups(settings),
  StorageEncrypted: settings.kmsKey !== null,
  KmsKeyId: settings.kmsKey ?? undefined,
  DeletionProtection: settings.deletionProtection,
  CopyTagsToSnapshot: settings.copyTagsToSnapshot,
});

export const shownSecurityGroups = (settings: ClusterSettings): readonly XmlObject[] =>
  settings.securityGroups.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' }));
