import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { CallFaultKind } from '../../lab/aws/faults/call-faults.ts';
import { SWITCH_BUCKET, SWITCH_KEY } from '../../lab/topology.ts';
import { calls, change, faults, listed, s3, simple, useRoute53Lab } from './route53-lab.ts';

useRoute53Lab();

const SWITCH = { Bucket: SWITCH_BUCKET, Key: SWITCH_KEY };
const put = () => s3.send(new PutObjectCommand({ ...SWITCH, Body: '{}' }));
const isThere = () =>
  s3.send(new GetObjectCommand(SWITCH)).then(
    () => true,
    () => false,
  );
const create = () => change(['CREATE', simple('a.lab.test', '127.0.1.1')]);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (caught: unknown) => (caught as { readonly name: string; readonly code?: string }).code ?? (caught as Error).name,
  );
const strike = (service: 's3' | 'route53', operation: string, kind: CallFaultKind) =>
  faults.add({ service, operation, region: '*', kind, times: 1 });
const NO_ANSWER = /^(ECONNRESET|TimeoutError|Error)$/;

describe('the switch object', () => {
  test.each([
    ['throttle', 'SlowDown', 503],
    ['server_error', 'InternalError', 500],
  ] as const)(
    'is not there after a put that met “%s”, and a second put is not disturbed',
    async (kind, code, status) => {
      strike('s3', 'PutObject', kind);
      expect(await refusal(put())).toBe(code);
      expect(calls().at(-1)).toMatchObject({ operation: 'PutObject', status, error: code });
      expect(await isThere()).toBe(false);
      await put();
      expect(await isThere()).toBe(true);
    },
  );

  test('is there after a put whose reply was lost, and the log says that nobody was told', async () => {
    strike('s3', 'PutObject', 'lost_reply');
    expect(await refusal(put())).toMatch(NO_ANSWER);
    expect(calls().at(-1)).toMatchObject({ operation: 'PutObject', status: 0, error: 'lost_reply', mutating: true });
    expect(await isThere()).toBe(true);
  });
});

describe('a record', () => {
  test.each([
    ['throttle', 'Throttling', 400],
    ['server_error', 'InternalFailure', 500],
  ] as const)('is not made by a change that met “%s”, and is by the next', async (kind, code, status) => {
    strike('route53', 'ChangeResourceRecordSets', kind);
    expect(await refusal(create())).toBe(code);
    expect(calls().at(-1)).toMatchObject({ operation: 'ChangeResourceRecordSets', status, error: code });
    expect(await listed()).not.toContain('a.lab.test. A');
    await create();
    expect(await listed()).toContain('a.lab.test. A');
  });

  test('is made by a change whose reply was lost, so that a second try is refused', async () => {
    strike('route53', 'ChangeResourceRecordSets', 'lost_reply');
    expect(await refusal(create())).toMatch(NO_ANSWER);
    expect(calls().at(-1)).toMatchObject({ status: 0, error: 'lost_reply', mutating: true });
    expect(await listed()).toContain('a.lab.test. A');
    expect(await refusal(create())).toBe('InvalidChangeBatch');
  });
});
