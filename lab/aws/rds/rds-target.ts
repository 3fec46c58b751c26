import type { QueryParameters } from '../query/query-parameters.ts';
import { regionOfCluster } from './rds-resources.ts';

/** In the order of what a request is most about: a new instance before its cluster, a copy before its source. */
const NAMING = [
  'GlobalClusterIdentifier',
  'TargetDBClusterSnapshotIdentifier',
  'DBClusterSnapshotIdentifier',
  'DBInstanceIdentifier',
  'DBClusterIdentifier',
  'ResourceName',
  'SourceIdentifier',
  'DBClusterParameterGroupName',
  'DBSubnetGroupName',
] as const;

/** What a request names, as plans name it too: `booking-global → eu-west-3`, or the one identifier it carries. */
export function targetOf(parameters: QueryParameters): string | null {
  const name = NAMING.map((parameter) => parameters.text(parameter)).find((value) => value !== undefined) ?? null;
  const towards = parameters.text('TargetDbClusterIdentifier');
  return towards === undefined ? name : `${name ?? ''} → ${regionOfCluster(towards) ?? towards}`;
}
