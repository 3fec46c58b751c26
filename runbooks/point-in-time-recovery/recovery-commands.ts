import type { Service } from '../../domain/service.ts';

/** What to type to compare a damaged database with a restored copy and put rows back. `$RESTORED` is the copy's endpoint, `$RUN` its name. */
export function recoveryCommands(
  service: Service,
  about: { readonly region: string; readonly source: string; readonly restoreTo: string },
) {
  const { database } = service;
  const { region, source, restoreTo } = about;
  const password = database.passwordFile ? `PGPASSWORD=$(cat ${database.passwordFile}) ` : '';
  const psql = (host: string, command: string): string =>
    `${password}psql "host=${host} dbname=${database.databaseName} user=${database.user} connect_timeout=5" --command "${command}"`;
  const running = `RUNNING=$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${source} --query 'DBClusters[0].Endpoint' --output text)`;
  const declared = database.validation?.tables ?? [];
  const keyOf = (table: string): string => declared.find((known) => known.table === table)?.keyColumn ?? 'id';
  const inFile = (table: string): string => `"$RUN-${table}.csv"`;

  return {
    restorable: `until [ "$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${source} --query 'DBClusters[0].LatestRestorableTime' --output text)" \\> "${restoreTo}" ]; do sleep 15; done`,
    compare: [
      running,
      ...declared.flatMap(({ table, timestampColumn }) => [
        psql(
          '$RUNNING',
          `select count(*) filter (where ${timestampColumn} <= '${restoreTo}') as then, count(*) filter (where ${timestampColumn} > '${restoreTo}') as since from ${table}`,
        ),
        psql('$RESTORED', `select count(*) from ${table}`),
      ]),
    ].join('\n'),
    keep: (cluster: string): string =>
      [
        `aws rds add-tags-to-resource --region ${region} --resource-name "$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query 'DBClusters[0].DBClusterArn' --output text)" --tags Key=lifeboat:kind,Value=keep`,
        `aws rds modify-db-cluster --region ${region} --db-cluster-identifier ${cluster} --deletion-protection --apply-immediately`,
      ].join('\n'),
    copyRows: (tables: readonly string[]): string =>
      [
        'umask 077   # what follows writes rows into files: delete them afterwards',
        ...tables.flatMap((table) => [
          psql('$RESTORED', `\\copy (select * from ${table}) to ${inFile(table).replaceAll('"', "'")} csv`),
          `${password}psql "host=$RUNNING dbname=${database.databaseName} user=${database.user}" --command "create temporary table putting_back (like ${table})" --command "\\copy putting_back from ${inFile(table).replaceAll('"', "'")} csv" --command "insert into ${table} overriding system value select * from putting_back on conflict (${keyOf(table)}) do nothing"`,
          `rm ${inFile(table)}`,
        ]),
      ].join('\n'),
  };
}
