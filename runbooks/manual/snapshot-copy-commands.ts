import type { Service } from '../../domain/service.ts';

/** What to type to copy a snapshot into another region. `$RUN` names the copy, `$SOURCE` is the snapshot's ARN, `$DATA_TIME` when its data was current. */
export function snapshotCopyCommands(service: Service, from: string, to: string, kmsKey: string | undefined) {
  const cluster = service.database.regions[from]?.cluster ?? '';
  const snapshots = `aws rds describe-db-cluster-snapshots --region ${from} --db-cluster-identifier ${cluster}`;
  const newest = "sort_by(DBClusterSnapshots[?Status=='available'],&SnapshotCreateTime)[-1]";
  const read = [
    `SOURCE=$(${snapshots} --query "${newest}.DBClusterSnapshotArn" --output text)`,
    `DATA_TIME=$(${snapshots} --query "${newest}.SnapshotCreateTime" --output text)`,
  ];
  const copy = `aws rds describe-db-cluster-snapshots --region ${to} --db-cluster-snapshot-identifier "$RUN-copy-1"`;
  const copies = `aws rds describe-db-cluster-snapshots --region ${to} --snapshot-type manual --query "sort_by(DBClusterSnapshots[?DBClusterIdentifier=='${cluster}'],&SnapshotCreateTime)[].[DBClusterSnapshotIdentifier,Status,TagList]"`;
  const mark = (tag: string) =>
    `aws rds add-tags-to-resource --region ${to} --resource-name "$(${copy} --query 'DBClusterSnapshots[0].DBClusterSnapshotArn' --output text)" --tags Key=${tag},Value=$(date -u +%FT%TZ)`;
  return {
    name: 'RUN=by-hand-$(date -u +%Y%m%d%H%M%S)',
    choose: read.join('\n'),
    take: [
      `aws rds create-db-cluster-snapshot --region ${from} --db-cluster-identifier ${cluster} --db-cluster-snapshot-identifier "$RUN-snap" --tags Key=lifeboat:execution,Value=$RUN Key=lifeboat:kind,Value=snapshot`,
      `aws rds wait db-cluster-snapshot-available --region ${from} --db-cluster-snapshot-identifier "$RUN-snap"`,
      ...read,
    ].join('\n'),
    copy: [
      ...(kmsKey === undefined
        ? []
        : [`aws kms describe-key --region ${to} --key-id ${kmsKey} --query KeyMetadata.KeyState   # must be Enabled`]),
      `aws rds copy-db-cluster-snapshot --region ${to} --source-region ${from} --source-db-cluster-snapshot-identifier "$SOURCE" --target-db-cluster-snapshot-identifier "$RUN-copy-1"${kmsKey === undefined ? '' : ` --kms-key-id ${kmsKey}`} --tags Key=lifeboat:execution,Value=$RUN Key=lifeboat:service,Value=${service.name} Key=lifeboat:kind,Value=copy Key=lifeboat:data-time,Value=$DATA_TIME`,
    ].join('\n'),
    verify: [
      `until [ "$(${copy} --query 'DBClusterSnapshots[0].Status' --output text)" != copying ]; do sleep 30; done   # a flat 0 % is a queue, not a hang`,
      `${copy} --query 'DBClusterSnapshots[0].[Status,KmsKeyId,AllocatedStorage,TagList]'   # must be available, with this region's key`,
    ].join('\n'),
    due: `${copies}   # how many since one bears lifeboat:validated-at?`,
    markBegun: mark('lifeboat:validation-begun-at'),
    markValidated: mark('lifeboat:validated-at'),
    exposure: 'echo "Data of $DATA_TIME is safe; now it is $(date -u +%FT%TZ)."',
    prune: `${copies}   # then delete-db-cluster-snapshot the oldest, never the newest, the newest validated one, or one that is held, in doubt, in use or of a run that is not over`,
    notify: 'echo "Tell people yourself."',
  };
}
