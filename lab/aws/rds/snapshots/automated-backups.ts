import type { Region } from '../../../topology.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import type { ControlPlane } from '../control-plane.ts';
import { filterOf } from '../filters.ts';
import type { MemberFacts } from '../global-view.ts';
import { pageOf } from '../page.ts';
import { rdsFault } from '../rds-faults.ts';
import { ENGINE, ENGINE_VERSION, resourceIdOf } from '../rds-resources.ts';

/** `DescribeDBClusterAutomatedBackups`: the writer's cluster has some, once there is something to restore. */
export async function describeAutomatedBackups(
  plane: ControlPlane,
  region: Region,
  parameters: QueryParameters,
): Promise<XmlObject> {
  const seen = await plane.view();
  const member = seen.members[region];
  const present = seen.present.includes(region) && member.window ? [member] : [];
  const named = parameters.text('DBClusterIdentifier');
  const resource = parameters.text('DbClusterResourceId');
  const found = present.filter(
    ({ id }) =>
      (named === undefined || named.toLowerCase() === id) &&
      (resource === undefined || resource.toLowerCase() === resourceIdOf(region)),
  );
  if ((named !== undefined || resource !== undefined) && found.length === 0) {
    throw rdsFault('DBClusterAutomatedBackupNotFoundFault', `No automated backup of ${named ?? resource}.`);
  }
  const fits = filterOf<MemberFacts>(parameters, {
    status: () => ['active'],
    'db-cluster-id': ({ id, arn }) => [id, arn],
    'db-cluster-resource-id': () => [resourceIdOf(region)],
  });
  const { items, marker } = pageOf(found.filter(fits), parameters);
  return { Marker: marker, DBClusterAutomatedBackups: items.map((each) => shown(region, each, seen.databasePort)) };
}

const shown = (region: Region, member: MemberFacts, port: number): XmlObject => ({
  Engine: ENGINE,
  EngineVersion: ENGINE_VERSION,
  EngineMode: 'provisioned',
  DBClusterIdentifier: member.id,
  DBClusterArn: member.arn,
  DbClusterResourceId: resourceIdOf(region),
  Region: region,
  Status: 'active',
  RestoreWindow: { EarliestTime: member.window?.earliest, LatestTime: member.window?.latest },
  ClusterCreateTime: member.createdAt,
  BackupRetentionPeriod: member.settings.backupRetentionDays,
  StorageEncrypted: member.settings.kmsKey !== null,
  KmsKeyId: member.settings.kmsKey ?? undefined,
  AllocatedStorage: 1,
  Port: port,
  MasterUsername: 'postgres',
  StorageType: 'aurora',
});
