import { GLOBAL_CLUSTER, type Region, restoredName } from '../../topology.ts';
import type { XmlObject } from '../query/query-xml.ts';
import { shownSecurityGroups, shownSettings } from './clusters/cluster-settings.ts';
import { moveStatus } from './global-move.ts';
import { clusterStatus, type GlobalView, globalStatus, instanceStatus } from './global-view.ts';
import {
  ENGINE,
  ENGINE_VERSION,
  GLOBAL_CLUSTER_ARN,
  instanceArn,
  instanceId,
  readerName,
  resourceIdOf,
} from './rds-resources.ts';

type TagsOf = (arn: string) => readonly XmlObject[];

/** `GlobalCluster`. No `Endpoint`: the lab has a writer name per region and no global one. */
export function globalCluster(view: GlobalView, tagsOf: TagsOf): XmlObject {
  return {
    GlobalClusterIdentifier: GLOBAL_CLUSTER,
    GlobalClusterResourceId: 'cluster-lab0000000000global',
    GlobalClusterArn: GLOBAL_CLUSTER_ARN,
    Status: globalStatus(view),
    Engine: ENGINE,
    EngineVersion: ENGINE_VERSION,
    EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
    DatabaseName: 'postgres',
    StorageEncrypted: view.members[view.writer].settings.kmsKey !== null,
    DeletionProtection: false,
    GlobalClusterMembers: view.present.map((region) => globalMember(view, region)),
    FailoverState: failoverState(view),
    TagList: tagsOf(GLOBAL_CLUSTER_ARN),
  };
}

function globalMember(view: GlobalView, region: Region): XmlObject {
  const isWriter = region === view.writer;
  const readers = view.present.filter((other) => other !== view.writer);
  return {
    DBClusterArn: view.members[region].arn,
    Readers: isWriter ? readers.map((reader) => view.members[reader].arn) : [],
    IsWriter: isWriter,
    GlobalWriteForwardingStatus: 'disabled',
    SynchronizationStatus: view.members[region].connected ? 'connected' : 'pending-resync',
  };
}

/** Left out while idle: the model says this object is empty unless a move is pending or in progress. */
function failoverState({ move, members }: GlobalView): XmlObject | undefined {
  if (!move) return undefined;
  return {
    Status: moveStatus(move),
    FromDbClusterArn: members[move.from].arn,
    ToDbClusterArn: members[move.to].arn,
    IsDataLossAllowed: move.unplanned,
  };
}

/** `DBCluster` of a member of the global cluster. */
export function databaseCluster(view: GlobalView, region: Region, tagsOf: TagsOf): XmlObject {
  const member = view.members[region];
  return {
    ...shownSettings(member.settings),
    DBClusterIdentifier: member.id,
    DBClusterArn: member.arn,
    DbClusterResourceId: resourceIdOf(region),
    Status: clusterStatus(view, region),
    Engine: ENGINE,
    EngineVersion: ENGINE_VERSION,
    EngineMode: 'provisioned',
    DatabaseName: 'postgres',
    MasterUsername: 'postgres',
    Endpoint: restoredName(member.id),
    ReaderEndpoint: readerName(member.id),
    Port: view.databasePort,
    AllocatedStorage: 1,
    AvailabilityZones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    ClusterCreateTime: member.createdAt,
    EarliestRestorableTime: member.window?.earliest,
    LatestRestorableTime: member.window?.latest,
    DBClusterMembers: member.headless ? [] : [clusterMember(view, region)],
    ReplicationSourceIdentifier: region === view.writer ? undefined : view.members[view.writer].arn,
    GlobalClusterIdentifier: GLOBAL_CLUSTER,
    GlobalWriteForwardingStatus: 'disabled',
    IAMDatabaseAuthenticationEnabled: false,
    HttpEndpointEnabled: false,
    NetworkType: 'IPV4',
    TagList: tagsOf(member.arn),
  };
}

const clusterMember = (view: GlobalView, region: Region): XmlObject => ({
  DBInstanceIdentifier: instanceId(region),
  // An instance of a secondary cluster is a reader, also when it is the only one.
  IsClusterWriter: region === view.writer,
  DBClusterParameterGroupStatus: 'in-sync',
  PromotionTier: 1,
});

/** `DBInstance` of a member's one instance. */
export function databaseInstance(view: GlobalView, region: Region, tagsOf: TagsOf): XmlObject {
  const { id, settings } = view.members[region];
  return {
    DBInstanceIdentifier: instanceId(region),
    DBInstanceArn: instanceArn(region),
    DbiResourceId: `db-lab-${region}`,
    DBClusterIdentifier: id,
    DBInstanceClass: 'db.r6g.large',
    DBInstanceStatus: instanceStatus(view, region),
    Engine: ENGINE,
    EngineVersion: ENGINE_VERSION,
    DBName: 'postgres',
    MasterUsername: 'postgres',
    // One instance per cluster, so the cluster's name leads to it; the lab's DNS knows no other.
    Endpoint: { Address: restoredName(id), Port: view.databasePort },
    AllocatedStorage: 1,
    AvailabilityZone: `${region}a`,
    MultiAZ: false,
    BackupRetentionPeriod: settings.backupRetentionDays,
    PromotionTier: 1,
    PubliclyAccessible: false,
    StorageEncrypted: settings.kmsKey !== null,
    KmsKeyId: settings.kmsKey ?? undefined,
    VpcSecurityGroups: shownSecurityGroups(settings),
    DBSubnetGroup: { DBSubnetGroupName: settings.subnetGroup, SubnetGroupStatus: 'Complete' },
    StorageType: 'aurora',
    TagList: tagsOf(instanceArn(region)),
  };
}
