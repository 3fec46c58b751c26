import { clusterArn, clusterId, GLOBAL_CLUSTER, REGIONS, type Region, writerName } from '../../topology.ts';
import type { XmlObject } from '../query/query-xml.ts';
import { moveStatus } from './global-move.ts';
import { clusterStatus, type GlobalView, globalStatus, instanceStatus } from './global-view.ts';
import {
  ENGINE,
  ENGINE_VERSION,
  GLOBAL_CLUSTER_ARN,
  instanceArn,
  instanceId,
  otherRegion,
  readerName,
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
    StorageEncrypted: false,
    DeletionProtection: false,
    GlobalClusterMembers: REGIONS.map((region) => globalMember(view, region)),
    FailoverState: failoverState(view),
    TagList: tagsOf(GLOBAL_CLUSTER_ARN),
  };
}

function globalMember(view: GlobalView, region: Region): XmlObject {
  const isWriter = region === view.writer;
  return {
    DBClusterArn: clusterArn(region),
    Readers: isWriter ? [clusterArn(otherRegion(region))] : [],
    IsWriter: isWriter,
    GlobalWriteForwardingStatus: 'disabled',
    SynchronizationStatus: view.members[region].connected ? 'connected' : 'pending-resync',
  };
}

/** Left out while idle: the model says this object is empty unless a move is pending or in progress. */
function failoverState({ move }: GlobalView): XmlObject | undefined {
  if (!move) return undefined;
  return {
    Status: moveStatus(move),
    FromDbClusterArn: clusterArn(move.from),
    ToDbClusterArn: clusterArn(move.to),
    IsDataLossAllowed: move.unplanned,
  };
}

export function databaseCluster(view: GlobalView, region: Region, tagsOf: TagsOf): XmlObject {
  return {
    DBClusterIdentifier: clusterId(region),
    DBClusterArn: clusterArn(region),
    DbClusterResourceId: `cluster-lab-${region}`,
    Status: clusterStatus(view, region),
    Engine: ENGINE,
    EngineVersion: ENGINE_VERSION,
    EngineMode: 'provisioned',
    DatabaseName: 'postgres',
    MasterUsername: 'postgres',
    Endpoint: writerName(region),
    ReaderEndpoint: readerName(region),
    Port: view.databasePort[region],
    AllocatedStorage: 1,
    AvailabilityZones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    MultiAZ: false,
    BackupRetentionPeriod: 7,
    DBClusterParameterGroup: PARAMETER_GROUP,
    DBClusterMembers: view.members[region].headless ? [] : [clusterMember(view, region)],
    ReplicationSourceIdentifier: region === view.writer ? undefined : clusterArn(view.writer),
    GlobalClusterIdentifier: GLOBAL_CLUSTER,
    GlobalWriteForwardingStatus: 'disabled',
    StorageEncrypted: false,
    DeletionProtection: false,
    IAMDatabaseAuthenticationEnabled: false,
    HttpEndpointEnabled: false,
    CopyTagsToSnapshot: true,
    NetworkType: 'IPV4',
    TagList: tagsOf(clusterArn(region)),
  };
}

const PARAMETER_GROUP = 'default.aurora-postgresql18';

const clusterMember = (view: GlobalView, region: Region): XmlObject => ({
  DBInstanceIdentifier: instanceId(region),
  // An instance of a secondary cluster is a reader, also when it is the only one.
  IsClusterWriter: region === view.writer,
  DBClusterParameterGroupStatus: 'in-sync',
  PromotionTier: 1,
});

export const databaseInstance = (view: GlobalView, region: Region, tagsOf: TagsOf): XmlObject => ({
  DBInstanceIdentifier: instanceId(region),
  DBInstanceArn: instanceArn(region),
  DbiResourceId: `db-lab-${region}`,
  DBClusterIdentifier: clusterId(region),
  DBInstanceClass: 'db.r6g.large',
  DBInstanceStatus: instanceStatus(view, region),
  Engine: ENGINE,
  EngineVersion: ENGINE_VERSION,
  DBName: 'postgres',
  MasterUsername: 'postgres',
  // One instance per cluster, so the cluster's name leads to it; the lab's DNS knows no other.
  Endpoint: { Address: writerName(region), Port: view.databasePort[region] },
  AllocatedStorage: 1,
  AvailabilityZone: `${region}a`,
  MultiAZ: false,
  BackupRetentionPeriod: 7,
  PromotionTier: 1,
  PubliclyAccessible: false,
  StorageEncrypted: false,
  StorageType: 'aurora',
  TagList: tagsOf(instanceArn(region)),
});
