import type { Service } from '../../domain/service.ts';

/**
 * What to type for each step of a region failover when Lifeboat itself is gone. `$LEASE` is the folder of the write
 * lease in the control place; everything else is written out.
 */
export function regionFailoverCommands(service: Service, from: string, to: string) {
  const { database, dns, fence } = service;
  const { bucket, key, region: switchRegion } = dns.switch;
  const clusters = [database.regions[from], database.regions[to]];
  const kubectl = (region: string): string => {
    const compute = service.compute[region];
    return `kubectl --server ${compute?.server} --token "$(cat ${compute?.tokenFile})"`;
  };
  const deployments = service.compute[to]?.deployments ?? [];
  const eachDeployment = (command: (name: string, namespace: string, replicas: number) => string): string =>
    deployments.map(({ name, namespace, replicas }) => command(name, namespace, replicas)).join('\n');
  const probe = (region: string): string => {
    const door = service.frontDoor[region];
    return `curl --fail --silent --show-error --max-time 5 --header 'Host: ${dns.name}' http://${door?.address}:${door?.port}${door?.readyPath}`;
  };
  const password = database.passwordFile ? `PGPASSWORD=$(cat ${database.passwordFile}) ` : '';
  const sql = (statement: string): string =>
    `${password}psql "host=$WRITER dbname=${database.databaseName} user=${database.user} connect_timeout=5" --command "${statement}"`;
  const waitSeconds = Math.ceil((fence.leaseTtlMs + fence.pauseMarginMs + fence.driftMarginMs) / 1_000);

  return {
    confirmImpact: `if ${probe(from)}; then echo 'it answers: do not fail over'; exit 1; fi   # try from another network too`,
    reach: `aws rds describe-db-clusters --region ${from} --db-cluster-identifier ${clusters[0]?.cluster} --cli-connect-timeout 5 || true`,
    standby: [
      `aws rds describe-global-clusters --region ${to} --global-cluster-identifier ${database.globalCluster}`,
      `aws rds describe-db-clusters --region ${to} --db-cluster-identifier ${clusters[1]?.cluster} --query 'DBClusters[0].[Status,EngineVersion]'`,
    ].join('\n'),
    lag: [
      `WRITER=$(aws rds describe-db-clusters --region ${to} --db-cluster-identifier ${clusters[1]?.cluster} --query 'DBClusters[0].ReaderEndpoint' --output text)`,
      sql('select * from aurora_global_db_status()'),
    ].join('\n'),
    switchState: `aws s3api head-object --region ${switchRegion} --bucket ${bucket} --key ${key} || true   # 404: the name still answers ${from}`,
    probe: probe(to),
    readScale: eachDeployment((name, namespace) => `${kubectl(to)} --namespace ${namespace} get deployment ${name}`),
    lease: 'ls "$LEASE" | tail -1 && ls "$LEASE/writers"',
    notify: 'echo "Tell people yourself."',
    scale: eachDeployment(
      (name, namespace, replicas) =>
        `${kubectl(to)} --namespace ${namespace} scale deployment ${name} --replicas ${replicas}   # only if fewer run`,
    ),
    fence: [
      `EPOCH=$(( $(ls "$LEASE" | sed -n 's/^epoch-0*\\([0-9]*\\)\\.json$/\\1/p' | sort -n | tail -1) + 1 ))`,
      'GRANT=$(mktemp "$LEASE/.manual.XXXXXX")',
      `printf '{"epoch":%d,"region":"${to}","advancedAt":"%s","ttlMs":${fence.leaseTtlMs}}' "$EPOCH" "$(date -u +%FT%TZ)" > "$GRANT"`,
      'chmod 644 "$GRANT"',
      'ln "$GRANT" "$LEASE/$(printf epoch-%012d.json "$EPOCH")"   # fails if somebody else took the epoch: stop then',
      'rm "$GRANT"',
      `sleep ${waitSeconds}   # longer by the largest graceMs under "$LEASE/writers"`,
    ].join('\n'),
    promote: `aws rds failover-global-cluster --region ${to} --global-cluster-identifier ${database.globalCluster} --target-db-cluster-identifier ${clusters[1]?.arn} --allow-data-loss`,
    probeWrite: [
      `until [ "$(aws rds describe-global-clusters --region ${to} --global-cluster-identifier ${database.globalCluster} --query 'GlobalClusters[0].GlobalClusterMembers[?IsWriter].DBClusterArn' --output text)" = ${clusters[1]?.arn} ]; do sleep 5; done`,
      `WRITER=$(aws rds describe-db-clusters --region ${to} --db-cluster-identifier ${clusters[1]?.cluster} --query 'DBClusters[0].Endpoint' --output text)`,
      sql(
        `insert into ${database.probeTable} (execution_id, epoch) values ('by-hand-$(date -u +%Y%m%d%H%M%S)', $EPOCH) returning written_at`,
      ),
    ].join('\n'),
    capacity: eachDeployment(
      (name, namespace) => `${kubectl(to)} --namespace ${namespace} rollout status deployment ${name} --timeout 10m`,
    ),
    shift: `aws s3api put-object --region ${switchRegion} --bucket ${bucket} --key ${key} --if-none-match '*'`,
    serving: `until [ "$(dig +short ${dns.name} | tail -1)" = ${service.frontDoor[to]?.address} ]; do sleep 2; done`,
    measure: `echo "Serving since $(date -u +%FT%TZ). Write down when the first customer failed; keep the watch's samples."`,
  };
}
