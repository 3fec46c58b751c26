import type { RestorePlacement, Service } from '../../domain/service.ts';
import { regionFailoverCommands } from '../manual/region-failover-commands.ts';

/** How the placement reads where it is read from production first. */
export const PLACED_AS_PRODUCTION: RestorePlacement = {
  subnetGroup: '"$SUBNETS"',
  securityGroups: ['$SECURITY_GROUPS'],
  parameterGroup: '"$PARAMETERS"',
  kmsKey: '"$KEY"',
  instanceClass: '"$CLASS"',
};

/** What to type for the steps that only a swap takes. `$RUN-db` is the restored copy, `$DAMAGED` what the other one is called then. */
export function swapCommands(
  service: Service,
  { region, source }: { readonly region: string; readonly source: string },
) {
  const { database } = service;
  const serving = regionFailoverCommands(service, region, region);
  const compute = service.compute[region];
  const kubectl = `kubectl --server ${compute?.server} --token "$(cat ${compute?.tokenFile})"`;
  const each = (command: (name: string, namespace: string) => string): string =>
    (compute?.deployments ?? []).map(({ name, namespace }) => command(name, namespace)).join('\n');
  const of = (cluster: string, query: string): string =>
    `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query 'DBClusters[0].${query}' --output text`;
  const rename = (from: string, to: string): string =>
    [
      `aws rds modify-db-cluster --region ${region} --db-cluster-identifier ${from} --new-db-cluster-identifier ${to} --apply-immediately`,
      `until [ "$(${of(to, 'Status')})" = available ]; do sleep 5; done`,
    ].join('\n');
  const address = (cluster: string): string => `$(dig +short "$(${of(cluster, 'Endpoint')})" | tail -1)`;
  const password = database.passwordFile ? `PGPASSWORD=$(cat ${database.passwordFile}) ` : '';
  const psql = (cluster: string, statement: string): string =>
    `${password}psql "host=$(${of(cluster, 'Endpoint')}) dbname=${database.databaseName} user=${database.user} connect_timeout=5" --command "${statement}"`;
  const global = database.globalCluster;

  return {
    serving,
    readSource: [
      `SUBNETS=$(${of(source, 'DBSubnetGroup')})`,
      `SECURITY_GROUPS=$(${of(source, 'VpcSecurityGroups[].VpcSecurityGroupId')})`,
      `PARAMETERS=$(${of(source, 'DBClusterParameterGroup')})`,
      `KEY=$(${of(source, 'KmsKeyId')})`,
      `CLASS=$(aws rds describe-db-instances --region ${region} --filters Name=db-cluster-id,Values=${source} --query 'DBInstances[0].DBInstanceClass' --output text)`,
      'echo "$SUBNETS $SECURITY_GROUPS $PARAMETERS $KEY $CLASS"   # None: leave that option out when you restore',
    ].join('\n'),
    lease: [
      serving.lease,
      `EPOCH=$(ls "$LEASE" | sed -n 's/^epoch-0*\\([0-9]*\\)\\.json$/\\1/p' | sort -n | tail -1)`,
    ].join('\n'),
    stop: [
      each((name, namespace) => `${kubectl} --namespace ${namespace} scale deployment ${name} --replicas 0`),
      each(
        (name, namespace) =>
          `${kubectl} --namespace ${namespace} wait --for=delete pod --selector app=${name} --timeout=5m`,
      ),
    ].join('\n'),
    setAside: [
      `DAMAGED=${source}-before-$RUN   # at most 63 characters`,
      rename(source, '"$DAMAGED"'),
      `# back again: aws rds modify-db-cluster --region ${region} --db-cluster-identifier "$DAMAGED" --new-db-cluster-identifier ${source} --apply-immediately`,
    ].join('\n'),
    takePlace: [
      rename('"$RUN-db"', source),
      `# back again, before the other one: aws rds modify-db-cluster --region ${region} --db-cluster-identifier ${source} --new-db-cluster-identifier "$RUN-db" --apply-immediately`,
    ].join('\n'),
    confirmSwapped: [
      `until [ "${address(source)}" != "${address('"$DAMAGED"')}" ]; do sleep 5; done   # an old answer may be cached for minutes`,
      psql(source, 'select pg_is_in_recovery()   -- f: it writes'),
    ].join('\n'),
    probeWrite: psql(
      source,
      `insert into ${database.probeTable} (execution_id, epoch) values ('$RUN', $EPOCH) returning written_at`,
    ),
    adopt: `aws rds add-tags-to-resource --region ${region} --resource-name "$(${of(source, 'DBClusterArn')})" --tags "Key=lifeboat:adopted-at,Value=$(date -u +%FT%TZ)"`,
    start: each(
      (name, namespace) =>
        `${kubectl} --namespace ${namespace} scale deployment ${name} --replicas 3   # as many as ran before`,
    ),
    confirmRest: each((name) => `echo "${name}: look that nothing new is written into $DAMAGED, and count again"`),
    tell: [
      'echo "Tell people: the damaged database is kept as $DAMAGED, and the one that serves has no standby."',
      'echo "Do not fail over to another region before that: its standby follows the damaged database."',
      'echo "Stop whatever applies infrastructure code on its own: it knows both clusters by names that have changed."',
      `# A new standby, once $DAMAGED is needed no more: it still holds ${global} and its secondary cluster, and the name of both.`,
      `# aws rds remove-from-global-cluster --region ${region} --global-cluster-identifier ${global} --db-cluster-identifier SECONDARY-ARN   # then delete that secondary, or rename it`,
      `# aws rds remove-from-global-cluster --region ${region} --global-cluster-identifier ${global} --db-cluster-identifier "$(${of('"$DAMAGED"', 'DBClusterArn')})"`,
      `# aws rds delete-global-cluster --region ${region} --global-cluster-identifier ${global}`,
      `# aws rds create-global-cluster --region ${region} --global-cluster-identifier ${global} --source-db-cluster-identifier "$(${of(source, 'DBClusterArn')})"`,
      '# then create the secondary cluster and its instance anew, as your infrastructure code does.',
    ].join('\n'),
  };
}
