import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest';
import { AwsCliUnavailable, findAwsCli } from '../../lab/aws/aws-cli.ts';
import { CallLog } from '../../lab/aws/call-log.ts';
import { RdsTwin } from '../../lab/aws/rds/rds-twin.ts';
import { Route53Twin } from '../../lab/aws/route53/route53-twin.ts';
import { HealthChecks } from '../../lab/dns/health-checks.ts';
import { Zone } from '../../lab/dns/zone.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import {
  addressIn,
  clusterArn,
  type Endpoint,
  HOSTED_ZONE_ID,
  kmsKeyArn,
  LAB_DURATIONS,
  PUBLIC_NAME,
  REGIONS,
  type Region,
  ZONE,
} from '../../lab/topology.ts';
import { BackupsStandIn } from './backups-stand-in.ts';
import { DatabaseStandIn } from './database-stand-in.ts';
import { freeEndpoint } from './free-port.ts';

// Starting Python takes most of a second a call, several when the machine is busy; installing it takes a minute, once.
const FIND_DEADLINE_MS = 400_000;
const CALL_DEADLINE_MS = 30_000;

const run = promisify(execFile);
let folder: string;
let said: string[];
let durations = LAB_DURATIONS;
let twin: RdsTwin;
let rds: Record<Region, Endpoint>;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'aws-cli-'));
  durations = { ...LAB_DURATIONS, failoverPending: 10, failingOver: 10, failoverSettling: 10 };
  said = [];
  const log = new CallLog(path.join(folder, 'calls.jsonl'));
  const say = (line: string) => said.push(line);
  const backups = new BackupsStandIn();
  const database = new DatabaseStandIn();
  twin = new RdsTwin({ database, durations: () => durations, log, say, backups, addresses: backups });
  const listening = REGIONS.map(async (region) => {
    const at = await freeEndpoint(addressIn(region, 131));
    await twin.listen(region, at);
    return [region, at] as const;
  });
  rds = Object.fromEntries(await Promise.all(listening)) as Record<Region, Endpoint>;
});

afterEach(async () => {
  await twin.close();
  rmSync(folder, { recursive: true, force: true });
});

// Asked once: looking alone starts Python.
let found: Promise<string> | undefined;

/** The CLI, or a skip with its reason where Python is missing on somebody's own machine; on CI it has to be there. */
async function cli(context: TestContext): Promise<string> {
  try {
    found ??= findAwsCli(path.join(homedir(), '.cache', 'lifeboat', 'awscli'));
    return await found;
  } catch (caught) {
    if (!(caught instanceof AwsCliUnavailable) || process.env['CI']) throw caught;
    return context.skip(caught.message);
  }
}

/** Runs the CLI as an operator's shell would, with nothing of this machine's own AWS settings. */
async function aws(command: string, at: Endpoint, region: string, ...args: readonly string[]): Promise<unknown> {
  const credentials = path.join(folder, 'credentials');
  writeFileSync(credentials, '[lifeboat-plan]\naws_access_key_id=lifeboat-plan\naws_secret_access_key=none\n');
  const url = `http://${at.host}:${at.port}`;
  const { stdout } = await run(command, [...args, '--endpoint-url', url, '--region', region, '--output', 'json'], {
    timeout: CALL_DEADLINE_MS,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_CONFIG_FILE: path.join(folder, 'config'),
      AWS_PROFILE: 'lifeboat-plan',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    },
  });
  return stdout === '' ? null : JSON.parse(stdout);
}

const slow = { timeout: FIND_DEADLINE_MS };

test('describes the global cluster by the aws CLI', slow, async (context) => {
  const described = await aws(await cli(context), rds['eu-west-3'], 'eu-west-3', 'rds', 'describe-global-clusters');
  expect(described).toMatchObject({
    GlobalClusters: [
      {
        GlobalClusterIdentifier: 'booking-global',
        Status: 'available',
        GlobalClusterMembers: [
          { DBClusterArn: clusterArn('eu-west-1'), IsWriter: true, Readers: [clusterArn('eu-west-3')] },
          { DBClusterArn: clusterArn('eu-west-3'), IsWriter: false, SynchronizationStatus: 'connected' },
        ],
      },
    ],
  });
});

test(
  'tells the aws CLI why it refuses, fails over when asked rightly, and reports the event',
  slow,
  async (context) => {
    const command = await cli(context);
    const paris = (...args: readonly string[]) => aws(command, rds['eu-west-3'], 'eu-west-3', 'rds', ...args);
    const move = [
      '--global-cluster-identifier',
      'booking-global',
      '--allow-data-loss',
      '--target-db-cluster-identifier',
    ];
    await expect(paris('failover-global-cluster', ...move, 'booking-eu-west-3')).rejects.toThrow(
      /InvalidParameterValue.*must be the ARN/,
    );
    const accepted = await paris('failover-global-cluster', ...move, clusterArn('eu-west-3'));
    expect(accepted).toMatchObject({
      GlobalCluster: { FailoverState: { Status: 'pending', IsDataLossAllowed: true } },
    });
    await waitUntil('failover done', () => said.some((line) => line.endsWith('done')), { timeoutMs: CALL_DEADLINE_MS });
    expect(await paris('describe-events', '--source-type', 'db-cluster')).toMatchObject({
      Events: [{ Message: 'Global failover to DB cluster booking-eu-west-3 in Region eu-west-3 completed.' }],
    });
  },
);

test('restores, snapshots and copies by the aws CLI as by the SDK', slow, async (context) => {
  const command = await cli(context);
  const call = (region: Region, ...args: readonly string[]) => aws(command, rds[region], region, 'rds', ...args);
  const source = ['--source-db-cluster-identifier', 'booking-eu-west-1'];
  const placed = ['--vpc-security-group-ids', 'sg-0000000000000iso1', '--db-subnet-group-name', 'booking-isolated'];
  const tags = ['--tags', 'Key=lifeboat:execution,Value=drill', 'Key=lifeboat:kind,Value=restore'];
  const target = ['--db-cluster-identifier', 'drill-db'];
  const restore = ['restore-db-cluster-to-point-in-time', ...target, ...source];
  expect(
    await call('eu-west-1', ...restore, '--restore-to-time', '2026-11-21T10:30:00.123Z', ...placed, ...tags),
  ).toMatchObject({
    DBCluster: {
      Status: 'creating',
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0000000000000iso1', Status: 'active' }],
      TagList: [
        { Key: 'lifeboat:execution', Value: 'drill' },
        { Key: 'lifeboat:kind', Value: 'restore' },
      ],
    },
  });
  const named = ['--db-cluster-snapshot-identifier', 'before'];
  await call('eu-west-1', 'create-db-cluster-snapshot', ...named, '--db-cluster-identifier', 'booking-eu-west-1');
  await waitUntil('taken', () => said.some((line) => line.includes('snapshot before')), {
    timeoutMs: CALL_DEADLINE_MS,
  });
  const arn = 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:before';
  const names = ['--source-db-cluster-snapshot-identifier', arn, '--target-db-cluster-snapshot-identifier', 'copied'];
  const key = ['--kms-key-id', kmsKeyArn('eu-west-3'), '--source-region', 'eu-west-1'];
  await call('eu-west-3', 'copy-db-cluster-snapshot', ...names, ...key);
  expect(await call('eu-west-3', 'describe-db-cluster-snapshots')).toMatchObject({
    DBClusterSnapshots: [{ DBClusterSnapshotIdentifier: 'copied', Status: 'copying', SourceDBClusterSnapshotArn: arn }],
  });
});

test('lists the records of a zone by the aws CLI', slow, async (context) => {
  const command = await cli(context);
  const log = new CallLog(path.join(folder, 'route53.jsonl'));
  const record = { name: PUBLIC_NAME, type: 'A', ttlSeconds: 2, values: ['127.0.1.10'] } as const;
  const zone = new Zone({ name: ZONE, id: HOSTED_ZONE_ID, records: [record] });
  const route53 = new Route53Twin({
    zone,
    checks: new HealthChecks({ durations: () => durations }),
    durations: () => durations,
    log,
  });
  const at = await freeEndpoint('127.0.5.131');
  await route53.listen(at);
  try {
    const zoneId = ['--hosted-zone-id', HOSTED_ZONE_ID];
    const listed = await aws(command, at, 'us-east-1', 'route53', 'list-resource-record-sets', ...zoneId);
    expect(listed).toMatchObject({
      ResourceRecordSets: expect.arrayContaining([
        expect.objectContaining({ Name: `${PUBLIC_NAME}.`, Type: 'A', ResourceRecords: [{ Value: '127.0.1.10' }] }),
      ]),
    });
  } finally {
    await route53.close();
  }
});
