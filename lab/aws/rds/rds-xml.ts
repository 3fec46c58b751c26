export const NAMESPACE = 'http://rds.amazonaws.com/doc/2014-10-31/';

/** How RDS names the items of its lists; not always as the list. */
export const ITEM_NAMES = {
  AvailabilityZones: 'AvailabilityZone',
  DBClusterAutomatedBackups: 'DBClusterAutomatedBackup',
  DBClusterMembers: 'DBClusterMember',
  DBClusterParameterGroups: 'DBClusterParameterGroup',
  DBClusterSnapshots: 'DBClusterSnapshot',
  DBClusters: 'DBCluster',
  DBInstances: 'DBInstance',
  DBSubnetGroups: 'DBSubnetGroup',
  EventCategories: 'EventCategory',
  Events: 'Event',
  GlobalClusterMembers: 'GlobalClusterMember',
  GlobalClusters: 'GlobalClusterMember',
  Parameters: 'Parameter',
  Subnets: 'Subnet',
  TagList: 'Tag',
  VpcSecurityGroups: 'VpcSecurityGroupMembership',
} as const;
