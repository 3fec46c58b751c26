import { restoredName } from '../../../topology.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { arnOf } from '../identifiers.ts';
import { ENGINE, ENGINE_VERSION, readerName } from '../rds-resources.ts';
import { shownSecurityGroups, shownSettings } from './cluster-settings.ts';
import type { RestoredCluster, RestoredInstance } from './restored-cluster.ts';

type TagsOf = (arn: string) => readonly XmlObject[];

/** `DBCluster` of a restored cluster. */
export const restoredCluster = (cluster: RestoredCluster, tagsOf: TagsOf): XmlObject => ({
  ...shownSettings(cluster.settings),
  DBClusterIdentifier: cluster.id,
  DBClusterArn: cluster.arn,
  DbClusterResourceId: cluster.resourceId,
  Status: cluster.status,
  Engine: ENGINE,
  EngineVersion: ENGINE_VERSION,
  EngineMode: 'provisioned',
  DatabaseName: 'postgres',
  MasterUsername: 'postgres',
  Endpoint: restoredName(cluster.id),
  ReaderEndpoint: readerName(cluster.id),
  Port: cluster.port,
  AllocatedStorage: 1,
  AvailabilityZones: ['a', 'b', 'c'].map((zone) => `${cluster.region}${zone}`),
  ClusterCreateTime: cluster.createdAt,
  // Nothing archives what it writes, so both ends of what could be restored of it are the same.
  EarliestRestorableTime: cluster.completeAt ?? undefined,
  LatestRestorableTime: cluster.completeAt ?? undefined,
  DBClusterMembers: cluster.instance ? [memberOf(cluster, cluster.instance)] : [],
  PendingModifiedValues: cluster.pendingId ? { DBClusterIdentifier: cluster.pendingId } : undefined,
  IAMDatabaseAuthenticationEnabled: false,
  HttpEndpointEnabled: false,
  NetworkType: 'IPV4',
  TagList: tagsOf(cluster.arn),
});

const memberOf = (cluster: RestoredCluster, instance: RestoredInstance): XmlObject => ({
  DBInstanceIdentifier: instance.id,
  IsClusterWriter: true,
  DBClusterParameterGroupStatus: cluster.parameterGroupStatus,
  PromotionTier: 1,
});

/** `DBInstance` of a restored cluster's instance; `unavailable` is ours, for a region that would not answer at all. */
export function restoredInstance(
  cluster: RestoredCluster,
  instance: RestoredInstance,
  lost: boolean,
  tagsOf: TagsOf,
): XmlObject {
  const arn = arnOf(cluster.region, 'db', instance.id);
  // Like AWS: an instance that is being created has no endpoint yet.
  const endpoint = { Address: restoredName(cluster.id), Port: cluster.port };
  return {
    DBInstanceIdentifier: instance.id,
    DBInstanceArn: arn,
    DbiResourceId: `db-lab-${instance.id}`,
    DBClusterIdentifier: cluster.id,
    DBInstanceClass: instance.instanceClass,
    DBInstanceStatus: lost && instance.status === 'available' ? 'unavailable' : instance.status,
    Engine: ENGINE,
    EngineVersion: ENGINE_VERSION,
    DBName: 'postgres',
    MasterUsername: 'postgres',
    Endpoint: instance.status === 'creating' ? undefined : endpoint,
    InstanceCreateTime: instance.status === 'creating' ? undefined : instance.createdAt,
    AllocatedStorage: 1,
    AvailabilityZone: `${cluster.region}a`,
    MultiAZ: false,
    BackupRetentionPeriod: cluster.settings.backupRetentionDays,
    PromotionTier: 1,
    PubliclyAccessible: false,
    StorageEncrypted: cluster.settings.kmsKey !== null,
    KmsKeyId: cluster.settings.kmsKey ?? undefined,
    VpcSecurityGroups: shownSecurityGroups(cluster.settings),
    DBSubnetGroup: { DBSubnetGroupName: cluster.settings.subnetGroup, SubnetGroupStatus: 'Complete' },
    StorageType: 'aurora',
    TagList: tagsOf(arn),
  };
}
