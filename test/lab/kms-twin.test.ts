import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DescribeKeyCommand, type KeyMetadata, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CallLog } from '../../lab/aws/call-log.ts';
import { CallFaults } from '../../lab/aws/faults/call-faults.ts';
import { KmsTwin } from '../../lab/aws/kms/kms-twin.ts';
import { addressIn, HOST, kmsKeyArn, otherKmsKeyArn } from '../../lab/topology.ts';
import { freePort } from './free-port.ts';
import { loggedCalls } from './logged-calls.ts';

const PARIS = 'eu-west-3';
let begun: number;
let folder: string;
let faults: CallFaults;
let twin: KmsTwin;
let url: string;
let clients: KMSClient[];

beforeEach(async () => {
  begun = Date.now();
  folder = mkdtempSync(path.join(tmpdir(), 'kms-twin-'));
  faults = new CallFaults();
  clients = [];
  twin = new KmsTwin({ log: new CallLog(path.join(folder, 'calls.jsonl')), faults });
  const host = addressIn(PARIS, HOST.kms + 100);
  const port = await freePort(host);
  await twin.listen(PARIS, { host, port });
  url = `http://${host}:${port}`;
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await twin.close();
  rmSync(folder, { recursive: true, force: true });
});

function client(region: string = PARIS): KMSClient {
  const credentials = { accessKeyId: 'lifeboat-plan', secretAccessKey: 'none' };
  const made = new KMSClient({ region, endpoint: url, credentials, maxAttempts: 1 });
  clients.push(made);
  return made;
}

const describeKey = async (KeyId: string, region?: string): Promise<KeyMetadata> =>
  (await client(region).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!;

const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'not refused',
    (caught: Error) => caught.name,
  );

it('describes a key of its region by ARN, id, alias and alias ARN', async () => {
  const arn = kmsKeyArn(PARIS);
  const expected = { Arn: arn, Enabled: true, KeyState: 'Enabled', KeyUsage: 'ENCRYPT_DECRYPT', MultiRegion: false };
  const aliasArn = 'arn:aws:kms:eu-west-3:123456789012:alias/booking';
  for (const named of [arn, arn.split('/')[1]!, 'alias/booking', aliasArn]) {
    const metadata = await describeKey(named);
    expect(metadata).toMatchObject(expected);
    // Whole seconds or finer, whichever AWS's JSON has: of this test's own time.
    expect(metadata.CreationDate!.getTime()).toBeGreaterThan(begun - 1_000);
    expect(metadata.CreationDate!.getTime()).toBeLessThanOrEqual(Date.now());
  }
  expect((await describeKey(otherKmsKeyArn(PARIS))).Arn).not.toBe(arn);
});

it('shows a disabled key as disabled, until it is enabled again', async () => {
  twin.keys.disable(kmsKeyArn(PARIS));
  expect(await describeKey(kmsKeyArn(PARIS))).toMatchObject({ Enabled: false, KeyState: 'Disabled' });
  twin.keys.enable(kmsKeyArn(PARIS));
  expect((await describeKey(kmsKeyArn(PARIS))).Enabled).toBe(true);
});

it('refuses keys that are not here, calls that are not for it, and what nobody may sign for', async () => {
  expect(await refusal(describeKey('11111111-0000-4111-8111-000000000000'))).toBe('NotFoundException');
  expect(await refusal(describeKey(kmsKeyArn('eu-west-1')))).toBe('NotFoundException');
  expect(await refusal(describeKey('arn:aws:rds:eu-west-3:123456789012:cluster:x'))).toBe('InvalidArnException');
  expect(await refusal(describeKey(kmsKeyArn(PARIS), 'eu-west-1'))).toBe('InvalidSignatureException');
  expect(await refusal(client().send(new ListKeysCommand({})))).toBe('UnknownOperationException');
  const unsigned = await fetch(url, {
    method: 'POST',
    body: '{}',
    headers: { 'x-amz-target': 'TrentService.DescribeKey' },
  });
  expect([unsigned.status, await unsigned.json()]).toMatchObject([
    400,
    { __type: 'MissingAuthenticationTokenException' },
  ]);
});

it('logs who asked about which key and how it ended, faults as what they were', async () => {
  await describeKey(kmsKeyArn(PARIS));
  faults.add({ service: 'kms', operation: 'DescribeKey', region: '*', kind: 'throttle', times: 1 });
  expect(await refusal(describeKey(kmsKeyArn(PARIS)))).toBe('ThrottlingException');
  faults.add({ service: 'kms', operation: '*', region: PARIS, kind: 'lost_reply', times: 1 });
  expect(await refusal(describeKey(kmsKeyArn(PARIS)))).not.toBe('not refused');
  expect(loggedCalls(path.join(folder, 'calls.jsonl'))).toMatchObject([
    {
      region: PARIS,
      service: 'kms',
      operation: 'DescribeKey',
      mutating: false,
      principal: 'lifeboat-plan',
      status: 200,
      error: null,
      target: kmsKeyArn(PARIS),
    },
    { status: 400, error: 'ThrottlingException' },
    { status: 0, error: 'lost_reply' },
  ]);
});
