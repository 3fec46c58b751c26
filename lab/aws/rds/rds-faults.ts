import { QueryFault } from '../query/query-fault.ts';

/**
 * The modelled faults the twin raises, with the code and status each has on the wire. The code is not always the shape's
 * name (`DBInstanceNotFoundFault` travels as `DBInstanceNotFound`); a test holds this table against the SDK's schemas.
 */
export const RDS_FAULTS = {
  GlobalClusterNotFoundFault: { code: 'GlobalClusterNotFoundFault', status: 404 },
  InvalidGlobalClusterStateFault: { code: 'InvalidGlobalClusterStateFault', status: 400 },
  DBClusterNotFoundFault: { code: 'DBClusterNotFoundFault', status: 404 },
  DBClusterAlreadyExistsFault: { code: 'DBClusterAlreadyExistsFault', status: 400 },
  InvalidDBClusterStateFault: { code: 'InvalidDBClusterStateFault', status: 400 },
  DBInstanceNotFoundFault: { code: 'DBInstanceNotFound', status: 404 },
  DBInstanceAlreadyExistsFault: { code: 'DBInstanceAlreadyExists', status: 400 },
  InvalidDBInstanceStateFault: { code: 'InvalidDBInstanceState', status: 400 },
  InstanceQuotaExceededFault: { code: 'InstanceQuotaExceeded', status: 400 },
  DBClusterSnapshotNotFoundFault: { code: 'DBClusterSnapshotNotFoundFault', status: 404 },
  DBClusterSnapshotAlreadyExistsFault: { code: 'DBClusterSnapshotAlreadyExistsFault', status: 400 },
  InvalidDBClusterSnapshotStateFault: { code: 'InvalidDBClusterSnapshotStateFault', status: 400 },
  SnapshotQuotaExceededFault: { code: 'SnapshotQuotaExceeded', status: 400 },
  DBClusterAutomatedBackupNotFoundFault: { code: 'DBClusterAutomatedBackupNotFoundFault', status: 404 },
  InvalidRestoreFault: { code: 'InvalidRestoreFault', status: 400 },
  KMSKeyNotAccessibleFault: { code: 'KMSKeyNotAccessibleFault', status: 400 },
  DBSubnetGroupNotFoundFault: { code: 'DBSubnetGroupNotFoundFault', status: 404 },
  DBClusterParameterGroupNotFoundFault: { code: 'DBClusterParameterGroupNotFound', status: 404 },
  DBParameterGroupNotFoundFault: { code: 'DBParameterGroupNotFound', status: 404 },
} as const;

export const rdsFault = (shape: keyof typeof RDS_FAULTS, message: string): QueryFault =>
  new QueryFault(RDS_FAULTS[shape].code, message, RDS_FAULTS[shape].status);
