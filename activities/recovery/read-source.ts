import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { readSource as contract } from '../../runbooks/actions/recovery/read-source.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster, findInstance } from '../restore/look-up.ts';
import { notThere } from './not-there.ts';
import { swapNamesOf } from './swap-names.ts';

export const readSource = implement(contract, {
  async observe(clients, { region, cluster, executionId }, { service }) {
    const [found, aside, lease] = await Promise.all([
      findCluster(clients, region, cluster),
      findCluster(clients, region, swapNamesOf(cluster, executionId).aside),
      clients.lease(service.name),
    ]);
    const writer = found?.DBClusterMembers?.find((member) => member.IsClusterWriter)?.DBInstanceIdentifier;
    return { found, aside, lease, writer: writer === undefined ? null : await findInstance(clients, region, writer) };
  },
  decide({ region, cluster, executionId }, { found, aside, lease, writer }) {
    if (!found) return refuse(notThere(cluster, region));
    const names = swapNamesOf(cluster, executionId);
    if (lease.region !== region) {
      return refuse(
        errorShape('DR_DB_GLOBAL_STATE', `writers of ${lease.region} hold the write lease, not those of ${region}`, {
          field: 'region',
          expected: lease.region,
          actual: region,
          remedy: `--param region=${lease.region}`,
        }),
      );
    }
    if (aside) {
      return refuse(
        errorShape('DR_NAME_TAKEN', `${cluster} cannot be set aside: there is a cluster ${names.aside} already`, {
          field: names.aside,
          expected: 'no cluster of that name',
          actual: aside.Status ?? null,
        }),
      );
    }
    if (found.ReplicationSourceIdentifier) {
      return refuse(
        errorShape(
          'DR_DB_GLOBAL_STATE',
          `${cluster} follows ${found.ReplicationSourceIdentifier}: nobody writes to it`,
          {
            field: cluster,
            expected: 'the cluster that the service writes to',
            actual: found.ReplicationSourceIdentifier,
            remedy: '--param region=REGION, that of the writer',
          },
        ),
      );
    }
    if (!writer?.DBInstanceClass) {
      return refuse(
        errorShape('DR_RESTORE_FAILED', `${cluster} has no writer instance whose class a copy could have`, {
          field: cluster,
          expected: 'a writer instance',
          actual: found.Status ?? null,
        }),
      );
    }
    return done({
      cluster,
      resourceId: found.DbClusterResourceId ?? '',
      globalCluster: found.GlobalClusterIdentifier ?? null,
      setAsideAs: names.aside,
      placement: {
        subnetGroup: found.DBSubnetGroup ?? '',
        securityGroups: (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
        parameterGroup: found.DBClusterParameterGroup ?? '',
        ...(found.StorageEncrypted && found.KmsKeyId !== undefined && { kmsKey: found.KmsKeyId }),
        instanceClass: writer.DBInstanceClass,
      },
      warnings: warningsOf(found, writer),
    });
  },
});

/** What a restore does not bring along. */
function warningsOf(cluster: DBCluster, writer: DBInstance): string[] {
  const { GlobalClusterIdentifier: global, DBClusterMembers: members = [] } = cluster;
  const group = writer.DBParameterGroups?.[0]?.DBParameterGroupName;
  const roles = cluster.AssociatedRoles?.length ?? 0;
  return [
    ...(global
      ? [
          `the copy is no member of ${global}: after a swap there is no standby until somebody makes one, and a region failover is refused, since it would bring back the damaged data`,
        ]
      : []),
    ...(members.length > 1 ? [`the copy gets 1 instance, ${cluster.DBClusterIdentifier} has ${members.length}`] : []),
    ...(group && !group.startsWith('default.') ? [`the copy’s instance does not get parameter group ${group}`] : []),
    ...(roles > 0 ? [`the copy does not get the ${roles} IAM roles`] : []),
    ...(cluster.MasterUserSecret ? ['the copy’s password is not in the secret that AWS manages'] : []),
  ];
}
