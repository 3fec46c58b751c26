import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAwsCli } from '../../lab/aws/aws-cli.ts';
import { programDir } from '../../lab/lab-handle.ts';
import { clusterArn, GLOBAL_CLUSTER, HOSTED_ZONE_ID, PUBLIC_NAME, ZONE } from '../../lab/topology.ts';
import { cacheFolder } from '../support/cache-folder.ts';
import { LabSession } from './lab-session.ts';
import { type Ended, Program } from './program.ts';

/** Installing the CLI takes a minute, once; the lab comes up meanwhile. */
const SET_UP_MS = 400_000;

let session: LabSession;
let aws: string;

beforeAll(async () => {
  const [opened, found] = await Promise.allSettled([LabSession.open(), findAwsCli(join(cacheFolder(), 'awscli'))]);
  if (opened.status === 'rejected') throw opened.reason;
  session = opened.value;
  if (found.status === 'rejected') throw found.reason;
  aws = found.value;
}, SET_UP_MS);
afterAll(() => session?.close());

/** A fresh shell that took up what `lab env` prints, and nothing else about the lab. */
function inShell(script: string): Promise<Ended> {
  const takeUp = `set -eu; lines="$("$1" "$2" --dir "$3" env)"; eval "$lines"`;
  const words = [
    '-c',
    `${takeUp}\n${script}`,
    'bash',
    process.execPath,
    join(programDir(), 'lab.js'),
    session.lab.dir,
    aws,
  ];
  return new Program('bash', words).ended;
}

async function answer(script: string): Promise<unknown> {
  const ended = await inShell(script);
  expect(ended.exitCode, ended.stderr).toBe(0);
  return JSON.parse(ended.stdout);
}

describe('in a shell with what `lab env` prints', () => {
  it('the aws CLI describes the global cluster, by the endpoint of either region', async () => {
    for (const endpoint of ['LAB_RDS_EU_WEST_1', 'LAB_RDS_EU_WEST_3']) {
      const described = await answer(`"$4" rds describe-global-clusters --endpoint-url "$${endpoint}" --output json`);
      expect(described).toMatchObject({
        GlobalClusters: [
          {
            GlobalClusterIdentifier: GLOBAL_CLUSTER,
            Status: 'available',
            GlobalClusterMembers: expect.arrayContaining([
              expect.objectContaining({ DBClusterArn: clusterArn('eu-west-1'), IsWriter: true }),
              expect.objectContaining({ DBClusterArn: clusterArn('eu-west-3'), IsWriter: false }),
            ]),
          },
        ],
      });
    }
    const asked = session.calls().filter(({ principal }) => principal === 'lab-operator');
    expect(asked.map(({ operation, region }) => `${operation} ${region}`)).toEqual([
      'DescribeGlobalClusters eu-west-1',
      'DescribeGlobalClusters eu-west-3',
    ]);
  });

  it('the aws CLI finds the zone and lists its records', async () => {
    const zones = await answer(
      `"$4" route53 list-hosted-zones-by-name --dns-name ${ZONE} --endpoint-url "$LAB_ROUTE53" --output json`,
    );
    expect(zones).toMatchObject({ HostedZones: [{ Name: `${ZONE}.`, Id: `/hostedzone/${HOSTED_ZONE_ID}` }] });
    const records = await answer(
      `"$4" route53 list-resource-record-sets --hosted-zone-id ${HOSTED_ZONE_ID} --endpoint-url "$LAB_ROUTE53" --output json`,
    );
    const of = (failover: string, address: string) =>
      expect.objectContaining({
        Name: `${PUBLIC_NAME}.`,
        Type: 'A',
        Failover: failover,
        ResourceRecords: [{ Value: address }],
      });
    expect(records).toMatchObject({
      ResourceRecordSets: expect.arrayContaining([of('PRIMARY', '127.0.3.10'), of('SECONDARY', '127.0.1.10')]),
    });
  });

  it('every aws command that `lab env` suggests works', async () => {
    const { stdout } = await inShell('echo "$lines"');
    const suggested = stdout.split('\n').flatMap((line) => /^# aws (.+)$/.exec(line)?.[1] ?? []);
    expect(suggested.length).toBeGreaterThan(0);
    for (const words of suggested) await answer(`"$4" ${words} --output json`);
  });

  it('`lifeboat` alone says that the service is served, and by whom', async () => {
    const { exitCode, stdout, stderr } = await inShell('lifeboat');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/booking +SERVING +serving region: eu-west-1/);
  });

  it('`lifeboat doctor` finds everything fine', async () => {
    const { exitCode, stdout, stderr } = await inShell('lifeboat --json doctor');
    expect(exitCode, stdout + stderr).toBe(0);
    const lines = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const checks = lines.filter(({ type }) => type === 'check');
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['identity', 'temporal', 'worker', 'watch booking control', 'lease store', 'ledger']),
    );
  });

  it('`lifeboat --help` tells every command', async () => {
    const { exitCode, stdout } = await inShell('lifeboat --help');
    expect(exitCode).toBe(0);
    for (const command of [
      'plan',
      'start',
      'watch',
      'status',
      'approve',
      'deny',
      'pause',
      'resume',
      'retry',
      'skip',
      'abort',
      'runs',
      'runbook',
      'ledger',
      'doctor',
      'identity',
    ])
      expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });
});
