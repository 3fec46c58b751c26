import type { RestorePlacement, Service } from '../../domain/service.ts';

/** What to type to restore a cluster beside the running ones, look at it, and take it away again. `$RUN` names everything made on the way. */
export function restoreCommands(service: Service, region: string, placement: RestorePlacement) {
  const { database } = service;
  const where = [
    `--db-subnet-group-name ${placement.subnetGroup}`,
    `--vpc-security-group-ids ${placement.securityGroups.join(' ')}`,
    `--db-cluster-parameter-group-name ${placement.parameterGroup}`,
    ...(placement.kmsKey === undefined ? [] : [`--kms-key-id ${placement.kmsKey}`]),
    '--no-deletion-protection --copy-tags-to-snapshot',
    `--tags Key=lifeboat:execution,Value=$RUN Key=lifeboat:service,Value=${service.name} Key=lifeboat:kind,Value=restore`,
  ].join(' ');
  const password = database.passwordFile ? `PGPASSWORD=$(cat ${database.passwordFile}) ` : '';
  const sql = (host: string, statement: string): string =>
    `${password}psql "host=${host} dbname=${database.databaseName} user=${database.user} connect_timeout=5" --command "${statement}"`;
  const endpointOf = (cluster: string): string =>
    `$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query 'DBClusters[0].Endpoint' --output text)`;
  const tables = database.validation?.tables ?? [];
  const count = (host: string, before: string): string =>
    tables
      .map(({ table, timestampColumn }) =>
        sql(host, `select count(*) from ${table} where ${timestampColumn} < '${before}'`),
      )
      .join('\n') || 'echo "The service says of no table how to tell that it is whole: look for yourself."';
  const invariants = (host: string): string =>
    (database.validation?.invariants ?? [])
      .map(({ id, sql: rule }) => `${sql(host, rule)}   # ${id}: must return no rows`)
      .join('\n');

  return {
    name: 'RUN=by-hand-$(date -u +%Y%m%d%H%M%S)',
    leftovers: `aws rds describe-db-clusters --region ${region} --query "DBClusters[?TagList[?Key=='lifeboat:kind' && Value=='restore']].DBClusterIdentifier"   # delete what nobody uses any more, as in clean-up`,
    bookmark: (cluster: string, at: string): string => count(endpointOf(cluster), at),
    pointInTime: (cluster: string, at: string): string =>
      `aws rds restore-db-cluster-to-point-in-time --region ${region} --source-db-cluster-identifier ${cluster} --db-cluster-identifier "$RUN-db" --restore-type full-copy --restore-to-time "${at}" ${where}`,
    fromSnapshot: (snapshot: string): string =>
      `aws rds restore-db-cluster-from-snapshot --region ${region} --snapshot-identifier "${snapshot}" --engine aurora-postgresql --db-cluster-identifier "$RUN-db" ${where}`,
    placement: [
      `until [ "$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier "$RUN-db" --query 'DBClusters[0].Status' --output text)" = available ]; do sleep 15; done`,
      `aws rds describe-db-clusters --region ${region} --db-cluster-identifier "$RUN-db" --query 'DBClusters[0].[DBSubnetGroup,VpcSecurityGroups,DBClusterParameterGroup,KmsKeyId]'   # must be what was asked for`,
    ].join('\n'),
    instance: [
      `aws rds create-db-instance --region ${region} --db-instance-identifier "$RUN-db-1" --db-cluster-identifier "$RUN-db" --db-instance-class ${placement.instanceClass} --engine aurora-postgresql --no-publicly-accessible --tags Key=lifeboat:execution,Value=$RUN Key=lifeboat:kind,Value=restore`,
      `aws rds wait db-instance-available --region ${region} --db-instance-identifier "$RUN-db-1"`,
    ].join('\n'),
    validate: (at: string): string =>
      [
        `RESTORED=${endpointOf('"$RUN-db"')}`,
        `${count('$RESTORED', at)}`,
        invariants('$RESTORED'),
        'echo "Compare with what the source held."',
      ]
        .filter((line) => line !== '')
        .join('\n'),
    measure: `echo "Validated at $(date -u +%FT%TZ). Write down when the restore was asked for."`,
    cleanUp: [
      `aws rds delete-db-instance --region ${region} --db-instance-identifier "$RUN-db-1" --skip-final-snapshot || true`,
      `aws rds wait db-instance-deleted --region ${region} --db-instance-identifier "$RUN-db-1"`,
      `aws rds delete-db-cluster --region ${region} --db-cluster-identifier "$RUN-db" --skip-final-snapshot --delete-automated-backups || true`,
      `aws rds wait db-cluster-deleted --region ${region} --db-cluster-identifier "$RUN-db"`,
    ].join('\n'),
    notify: 'echo "Tell people yourself."',
  };
}
