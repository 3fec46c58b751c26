import { QueryFault } from '../query/query-fault.ts';

/**
 * The modelled faults the twin raises, with the code and status each has on the wire. The code is not always the shape's
 * name (`DBInstanceNotFoundFault` travels as `DBInstanceNotFound`); a test holds this table against the SDK's schemas.
 */
export const RDS_FAULTS = {
  GlobalClusterNotFoundFault: { code: 'GlobalClusterNotFoundFault', status: 404 },
  DBClusterNotFoundFault: { code: 'DBClusterNotFoundFault', status: 404 },
  DBInstanceNotFoundFault: { code: 'DBInstanceNotFound', status: 404 },
  InvalidGlobalClusterStateFault: { code: 'InvalidGlobalClusterStateFault', status: 400 },
  InvalidDBClusterStateFault: { code: 'InvalidDBClusterStateFault', status: 400 },
} as const;

export const rdsFault = (shape: keyof typeof RDS_FAULTS, message: string): QueryFault =>
  new QueryFault(RDS_FAULTS[shape].code, message, RDS_FAULTS[shape].status);
