import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAwsCli } from '../../lab/aws/aws-cli.ts';
import { clusterArn, GLOBAL_CLUSTER, HOSTED_ZONE_ID, PUBLIC_NAME, ZONE } from '../../lab/topology.ts';
import { cacheFolder } from '../support/cache-folder.ts';
import { LabSession } from './lab-session.ts';
import { type Ended, Program, run } from './program.ts';

/** Installing the CLI takes a minute, once; the lab comes up meanwhile. */
const SET_UP_MS = 400_000;
/** Some of what is said rests on the last seconds: what the watch sampled, which worker polled. */
const SETTLES_MS = 60_000;

let session: LabSession;
let aws: string;
/** What `lab env` printed. */
let lines: string;

beforeAll(async () => {
  const [opened, found] = await Promise.allSettled([LabSession.open(), findAwsCli(join(cacheFolder(), 'awscli'))]);
  if (opened.status === 'fulfilled') session = opened.value;
  for (const each of [opened, found]) if (each.status === 'rejected') throw each.reason;
  aws = (found as PromiseFulfilledResult<string>).value;
  const printed = await run('lab', ['--dir', session.lab.dir, 'env']);
  expect(printed.exitCode, printed.stderr).toBe(0);
  lines = printed.stdout;
}, SET_UP_MS);
afterAll(() => session?.close());

/** A fresh shell that took up what `lab env` printed, and knows nothing else about the lab. */
const inShell = (script: string): Promise<Ended> =>
  new Program('bash', [
    '-c',
    `set -eu\ncommand=$2\naws() { "$command" "$@"; }\neval "$1"\n${script}`,
    'bash',
    lines,
    aws,
  ]).ended;

/** The same until it ends so. What a busy machine made late for a moment is not wrong with the lab. */
async function untilEnded(script: string, isSo: (ended: Ended) => boolean): Promise<Ended> {
  let ended = await inShell(script);
  for (const deadline = performance.now() + SETTLES_MS; !isSo(ended) && performance.now() < deadline; )
    ended = await inShell(script);
  return ended;
}

/** Commands for the aws CLI that `lab env` suggests, in a comment each. */
const suggested = (operation: string): readonly string[] =>
  lines
    .split('\n')
    .flatMap((line) => /^# (aws .+)$/.exec(line)?.[1] ?? [])
    .filter((line) => line.includes(operation));

async function answer(command: string): Promise<unknown> {
  const ended = await inShell(`${command} --output json`);
  expect(ended.exitCode, `${command}\n${ended.stderr}`).toBe(0);
  return JSON.parse(ended.stdout);
}

describe('in a shell with what `lab env` prints', () => {
  it('the aws CLI describes the global cluster at either region’s endpoint, as suggested there', async () => {
    const commands = suggested('rds describe-global-clusters');
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      expect(command).toContain('--endpoint-url');
      expect(await answer(command)).toMatchObject({
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

  it('the aws CLI finds the zone as suggested there, and lists its records', async () => {
    const [list, ...others] = suggested('route53 list-hosted-zones');
    expect(others).toEqual([]);
    const zones = await answer(list!);
    expect(zones).toMatchObject({ HostedZones: [{ Name: `${ZONE}.`, Id: `/hostedzone/${HOSTED_ZONE_ID}` }] });
    const records = await answer(
      `aws route53 list-resource-record-sets --hosted-zone-id ${HOSTED_ZONE_ID} --endpoint-url "$LAB_ROUTE53"`,
    );
    const of = (failover: string, address: string) =>
      expect.objectContaining({
        Name: `${PUBLIC_NAME}.`,
        Type: 'A',
        Failover: failover,
        ResourceRecords: [{ Value: address }],
      });
    expect(records).toMatchObject({
      ResourceRecordSets: expect.arrayContaining([of('PRIMARY', '127.0.1.10'), of('SECONDARY', '127.0.3.10')]),
    });
  });

  it('`lifeboat` alone says that the service is served, and by whom', async () => {
    const { exitCode, stdout, stderr } = await untilEnded('lifeboat', (said) => said.stdout.includes('SERVING'));
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/booking +SERVING +serving region: eu-west-1/);
  });

  it('`lifeboat doctor` finds everything fine', async () => {
    const { exitCode, stdout, stderr } = await untilEnded('lifeboat --json doctor', (said) => said.exitCode === 0);
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
