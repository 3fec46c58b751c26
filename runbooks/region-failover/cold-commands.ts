import type { RestorePlacement, Service, ServiceColdRecovery } from '../../domain/service.ts';

/** What to type for the steps that only a restore takes, when Lifeboat itself is gone. */
export function coldCommands(
  service: Service,
  from: string,
  to: string,
  { stack, placement }: { readonly stack: ServiceColdRecovery; readonly placement: RestorePlacement },
) {
  const { database } = service;
  const source = database.regions[from]?.cluster;
  const cluster = database.regions[to]?.cluster;
  const tofu = `"\${TOFU:-tofu}" -chdir=${quoted(stack.infrastructureFolder)}`;
  const variables = Object.entries(stack.variables).map(([name, value]) => `-var ${quoted(`${name}=${value}`)}`);
  const describe = (query: string): string =>
    `aws rds describe-db-clusters --region ${to} --db-cluster-identifier ${cluster} --query '${query}' --output text`;
  const password = database.passwordFile ? `PGPASSWORD=$(cat ${database.passwordFile}) ` : '';
  const sql = (statement: string): string =>
    `${password}psql "host=$WRITER dbname=${database.databaseName} user=${database.user} connect_timeout=5" --command "${statement}"`;
  const { kmsKey } = placement;
  const mark = (tag: string): string =>
    `aws rds add-tags-to-resource --region ${to} --resource-name "$(aws rds describe-db-cluster-snapshots --region ${to} --db-cluster-snapshot-identifier "$COPY" --query 'DBClusterSnapshots[0].DBClusterSnapshotArn' --output text)" --tags "Key=${tag},Value=$(date -u +%FT%TZ)"`;

  return {
    chooseCopy: [
      `COPY=$(aws rds describe-db-cluster-snapshots --region ${to} --snapshot-type manual --query "sort_by(DBClusterSnapshots[?Status=='available' && DBClusterIdentifier=='${source}'], &SnapshotCreateTime)[-1].DBClusterSnapshotIdentifier" --output text)`,
      'echo "$COPY"   # a copy is dated by when it was made: its tag lifeboat:data-time says how old its data is',
    ].join('\n'),
    estimate: 'echo "Size divided by what earlier restores reached: lifeboat drill trend, or the last drill report."',
    loss: `aws rds describe-db-cluster-snapshots --region ${to} --db-cluster-snapshot-identifier "$COPY" --query 'DBClusterSnapshots[0].TagList'   # everything after lifeboat:data-time is lost`,
    vacancy: `if ${describe('DBClusters[0].Status')}; then echo 'something has the name: if it is the standby, promote it'; exit 1; fi`,
    plan: [
      `${tofu} init -input=false`,
      `${tofu} plan -input=false ${[...variables, '-out="$PWD/recovery.plan"'].join(' ')}   # stop if it creates IAM or destroys anything`,
    ].join('\n'),
    apply: `${tofu} apply -input=false "$PWD/recovery.plan"`,
    restore: [
      `aws rds restore-db-cluster-from-snapshot --region ${to} --db-cluster-identifier ${cluster} --snapshot-identifier "$COPY" --engine aurora-postgresql --db-subnet-group-name ${placement.subnetGroup} --vpc-security-group-ids ${placement.securityGroups.join(' ')} --db-cluster-parameter-group-name ${placement.parameterGroup}${kmsKey ? ` --kms-key-id ${kmsKey}` : ''}`,
      `until [ "$(${describe('DBClusters[0].Status')})" = available ]; do sleep 15; done`,
    ].join('\n'),
    instance: [
      `aws rds create-db-instance --region ${to} --db-instance-identifier ${cluster}-1 --db-cluster-identifier ${cluster} --db-instance-class ${placement.instanceClass} --engine aurora-postgresql --no-publicly-accessible`,
      `until [ "$(aws rds describe-db-instances --region ${to} --db-instance-identifier ${cluster}-1 --query 'DBInstances[0].DBInstanceStatus' --output text)" = available ]; do sleep 15; done`,
    ].join('\n'),
    placement: describe('DBClusters[0].[DBSubnetGroup,VpcSecurityGroups,DBClusterParameterGroup,KmsKeyId]'),
    validate: [
      `WRITER=$(${describe('DBClusters[0].Endpoint')})`,
      ...(database.validation?.tables ?? []).map(({ table, timestampColumn }) =>
        sql(`select count(*), max(${timestampColumn}) from ${table}`),
      ),
    ].join('\n'),
    markBegun: mark('lifeboat:validation-begun-at'),
    markValidated: mark('lifeboat:validated-at'),
    probeWrite: [
      `WRITER=$(${describe('DBClusters[0].Endpoint')})`,
      sql(
        `insert into ${database.probeTable} (execution_id, epoch) values ('by-hand-$(date -u +%Y%m%d%H%M%S)', $EPOCH) returning written_at`,
      ),
    ].join('\n'),
    adopt: `aws rds add-tags-to-resource --region ${to} --resource-name ${database.regions[to]?.arn} --tags "Key=lifeboat:adopted-at,Value=$(date -u +%FT%TZ)"`,
    confirmWriter: sql('select pg_is_in_recovery()   -- f: it writes'),
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
