import type { Region } from '../../../topology.ts';
import type { Keys } from '../../kms/keys.ts';
import type { QueryFault } from '../../query/query-fault.ts';
import { rdsFault } from '../rds-faults.ts';

/** ARN of a key of this region that exists and is enabled; throws what RDS says of every other. */
export function usableKey(keys: Keys, region: Region, named: string): string {
  const key = keys.find(region, named);
  if (!key?.enabled) throw keyNotAccessible(named);
  return key.arn;
}

const keyNotAccessible = (named: string): QueryFault =>
  rdsFault(
    'KMSKeyNotAccessibleFault',
    `The specified KMS key [${named}] does not exist, is not enabled or you do not have permissions to access it.`,
  );
