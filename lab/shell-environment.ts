import { join } from 'node:path';
import type { LabStatus } from './supervisor/status.ts';

/** Variables with which a shell on this machine uses the `lifeboat` command and the aws CLI against the lab. */
export function shellEnvironment(status: LabStatus, person = 'oncall-1'): Readonly<Record<string, string>> {
  const { operator } = status.endpoints;
  return {
    LIFEBOAT_CONFIG: status.files.configuration,
    LIFEBOAT_IDENTITY: status.files.identities[person] ?? '',
    AWS_ACCESS_KEY_ID: 'lab-operator',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_SHARED_CREDENTIALS_FILE: status.files.credentials,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    LAB_DIR: status.dir,
    LAB_RDS_EU_WEST_1: operator['eu-west-1'].rds,
    LAB_RDS_EU_WEST_3: operator['eu-west-3'].rds,
    LAB_S3_EU_WEST_1: operator['eu-west-1'].s3,
    LAB_S3_EU_WEST_3: operator['eu-west-3'].s3,
    LAB_KMS_EU_WEST_1: operator['eu-west-1'].kms,
    LAB_KMS_EU_WEST_3: operator['eu-west-3'].kms,
    LAB_ROUTE53: operator['us-east-1'].route53,
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same as lines for `eval "$(npm run --silent lab -- env)"`, in any POSIX shell. */
export function shellLines(status: LabStatus, programDir: string): readonly string[] {
  const identities = Object.entries(status.files.identities).slice(1);
  return [
    `# ${status.banner}`,
    'unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL',
    ...Object.entries(shellEnvironment(status)).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `lifeboat() { node ${quoted(join(programDir, 'lifeboat.js'))} "$@"; }`,
    ...identities.map(([person, path]) => `# as ${person}: LIFEBOAT_IDENTITY=${quoted(path)} lifeboat approve …`),
    '# aws rds describe-global-clusters --endpoint-url "$LAB_RDS_EU_WEST_1"',
    '# aws rds describe-global-clusters --region eu-west-3 --endpoint-url "$LAB_RDS_EU_WEST_3"',
    '# aws rds describe-db-cluster-snapshots --region eu-west-3 --endpoint-url "$LAB_RDS_EU_WEST_3"',
    '# aws route53 list-hosted-zones --endpoint-url "$LAB_ROUTE53"',
  ];
}
