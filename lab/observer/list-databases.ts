import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';

/** Every cluster and instance that RDS shows in a region: `cluster/booking-eu-west-1`, `instance/booking-eu-west-1-1`. */
export async function listDatabases(region: string, endpoint: string): Promise<readonly string[]> {
  const rds = new RDSClient({
    region,
    endpoint,
    credentials: { accessKeyId: 'observer', secretAccessKey: 'observer' },
    maxAttempts: 1,
  });
  try {
    const [{ DBClusters = [] }, { DBInstances = [] }] = await Promise.all([
      rds.send(new DescribeDBClustersCommand({})),
      rds.send(new DescribeDBInstancesCommand({})),
    ]);
    return [
      ...DBClusters.map(({ DBClusterIdentifier }) => `cluster/${DBClusterIdentifier}`),
      ...DBInstances.map(({ DBInstanceIdentifier }) => `instance/${DBInstanceIdentifier}`),
    ].sort();
  } finally {
    rds.destroy();
  }
}
