import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallLog, type LoggedCall } from '../../lab/aws/call-log.ts';
import { crc32, crc32c, crc64nvme } from '../../lab/aws/s3/cyclic-redundancy.ts';
import { ObjectStoreTwin } from '../../lab/aws/s3/object-store-twin.ts';
import { decodeAwsChunked } from '../../lab/aws/s3/request-body.ts';
import type { Endpoint, Region } from '../../lab/topology.ts';
import { freeEndpoint } from './free-port.ts';
import { loggedCalls } from './logged-calls.ts';
import { rawRequest } from './raw-request.ts';

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=somebody/20261121/eu-west-3/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=' +
  '0'.repeat(64);
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

let dir: string;
let twin: ObjectStoreTwin;
let at: Record<Region, Endpoint>;
const clients: S3Client[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lifeboat-s3-'));
  twin = new ObjectStoreTwin({
    dir: join(dir, 'objects'),
    log: new CallLog(join(dir, 'calls.jsonl')),
    buckets: { 'eu-west-3': ['booking-switch', 'evidence'], 'eu-west-1': ['assets'] },
  });
  at = { 'eu-west-1': await freeEndpoint('127.0.1.31'), 'eu-west-3': await freeEndpoint('127.0.3.31') };
  await twin.listen('eu-west-1', at['eu-west-1']);
  await twin.listen('eu-west-3', at['eu-west-3']);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await twin.close();
  rmSync(dir, { recursive: true, force: true });
});

function client(region: Region = 'eu-west-3', options: S3ClientConfig = {}): S3Client {
  const made = new S3Client({
    region,
    endpoint: `http://${at[region].host}:${at[region].port}`,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'lifeboat-execute', secretAccessKey: 'secret' },
    requestHandler: new NodeHttpHandler({ httpAgent: new Agent({ localAddress: '127.0.9.5', keepAlive: true }) }),
    ...options,
  });
  clients.push(made);
  return made;
}

const calls = (): readonly LoggedCall[] => loggedCalls(join(dir, 'calls.jsonl'));

const raw = (method: string, path: string, headers: Record<string, string> = {}, body: string | Buffer = '') =>
  rawRequest(at['eu-west-3'], method, path, headers, body);

const Bucket = 'booking-switch';
const Key = 'serve-from-eu-west-3';

describe('objects', () => {
  test('come back as they were put, with an ETag that follows the content', async () => {
    const s3 = client();
    const body = 'on since 03:16 – später';
    const put = await s3.send(
      new PutObjectCommand({ Bucket, Key, Body: body, ContentType: 'text/plain', Metadata: { by: 'oncall-1' } }),
    );
    expect(put.ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(await got.Body?.transformToString()).toBe(body);
    expect(got).toMatchObject({ ETag: put.ETag, ContentType: 'text/plain', Metadata: { by: 'oncall-1' } });
    expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head.ContentLength).toBe(Buffer.byteLength(body));
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  });

  test('arrive whole when the client streams them in chunks with the checksum behind', async () => {
    const s3 = client();
    const sent: Record<string, string>[] = [];
    s3.middlewareStack.add(
      (next) => (args) => {
        sent.push((args.request as { headers: Record<string, string> }).headers);
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const bytes = Buffer.alloc(300_000, 'abcdefg\r\n0\r\n');
    const pieces = [bytes.subarray(0, 7), bytes.subarray(7, 200_000), bytes.subarray(200_000)];
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'big',
        Body: Readable.from(pieces),
        ContentLength: bytes.length,
        ChecksumAlgorithm: 'CRC32',
      }),
    );
    expect(put.ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
    expect(sent[0]).toMatchObject({ 'content-encoding': 'aws-chunked', 'x-amz-trailer': 'x-amz-checksum-crc32' });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'big' }));
    expect(Buffer.compare(Buffer.from((await got.Body?.transformToByteArray()) ?? []), bytes)).toBe(0);
    expect(got.ContentEncoding).toBeUndefined();
  });

  test('survive a restart of the store, below their region and bucket', async () => {
    await client().send(new PutObjectCommand({ Bucket, Key: 'a/b c', Body: 'one' }));
    expect(existsSync(join(dir, 'objects', 'eu-west-3', Bucket))).toBe(true);
    const second = new ObjectStoreTwin({ dir: join(dir, 'objects'), log: new CallLog(join(dir, 'other.jsonl')) });
    const where = await freeEndpoint('127.0.3.31');
    await second.listen('eu-west-3', where);
    try {
      const s3 = client('eu-west-3', { endpoint: `http://${where.host}:${where.port}` });
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/b c' }));
      expect(await got.Body?.transformToString()).toBe('one');
    } finally {
      await second.close();
    }
  });

  test('are listed by prefix, folded at a delimiter, page by page', async () => {
    const s3 = client();
    for (const key of ['a/1', 'a/2', 'a', 'b&<c>', 'ü', `long/${'x'.repeat(300)}`]) {
      await s3.send(new PutObjectCommand({ Bucket: 'evidence', Key: key, Body: key }));
    }
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: 'evidence', MaxKeys: 2, ContinuationToken }));
      keys.push(...(page.Contents ?? []).map((object) => object.Key ?? ''));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(keys).toEqual(['a', 'a/1', 'a/2', 'b&<c>', `long/${'x'.repeat(300)}`, 'ü']);
    const folded = await s3.send(new ListObjectsV2Command({ Bucket: 'evidence', Delimiter: '/' }));
    expect(folded.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'long/' }]);
    expect(folded.Contents?.map((object) => object.Key)).toEqual(['a', 'b&<c>', 'ü']);
    const below = await s3.send(new ListObjectsV2Command({ Bucket: 'evidence', Prefix: 'a/', StartAfter: 'a/1' }));
    expect(below.Contents?.map((object) => object.Key)).toEqual(['a/2']);
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'evidence', Prefix: 'none' }))).KeyCount).toBe(0);
  });
});

describe('conditional writes', () => {
  test('create only where there is nothing', async () => {
    const s3 = client();
    const create = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: '*' }));
    await create('first');
    await expect(create('second')).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    expect(await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()).toBe('first');
  });

  test('replace and delete exactly the version that was read', async () => {
    const s3 = client();
    const missing = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch: '"0123"' }));
    await expect(missing).rejects.toMatchObject({ name: 'NoSuchKey' });
    const first = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'epoch 1' }));
    const second = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'epoch 2', IfMatch: first.ETag }));
    const stale = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'epoch 3', IfMatch: first.ETag }));
    await expect(stale).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const staleDelete = s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: first.ETag }));
    await expect(staleDelete).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: second.ETag }));
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('have one winner among twenty who race', async () => {
    const s3 = client();
    const race = async (condition: { IfNoneMatch?: string; IfMatch?: string }) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, runner) =>
          s3.send(new PutObjectCommand({ Bucket, Key, Body: `${JSON.stringify(condition)} ${runner}`, ...condition })),
        ),
      );
      const won = outcomes.flatMap((outcome, runner) =>
        outcome.status === 'fulfilled' ? [{ runner, etag: outcome.value.ETag }] : [],
      );
      const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
      expect(won).toHaveLength(1);
      expect(lost).toEqual(Array.from({ length: 19 }, () => 'PreconditionFailed'));
      const stored = await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
      expect(stored).toBe(`${JSON.stringify(condition)} ${won[0]?.runner}`);
      return String(won[0]?.etag);
    };
    const etag = await race({ IfNoneMatch: '*' });
    await race({ IfMatch: etag });
  });
});

describe('refusals', () => {
  test('of a body that is not what its checksum says', async () => {
    const s3 = client();
    const wrong = (checksums: Partial<ConstructorParameters<typeof PutObjectCommand>[0]>) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'body', ...checksums }));
    await expect(wrong({ ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(wrong({ ChecksumSHA256: `${'A'.repeat(43)}=` })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(wrong({ ContentMD5: `${'A'.repeat(22)}==` })).rejects.toMatchObject({ name: 'BadDigest' });
    const signed = { authorization: SIGNED, 'x-amz-content-sha256': '0'.repeat(64) };
    expect((await raw('PUT', `/${Bucket}/${Key}`, signed, 'body')).body).toContain('XAmzContentSHA256Mismatch');
    const streaming = { authorization: SIGNED, 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    const trailing = await raw(
      'PUT',
      `/${Bucket}/${Key}`,
      { ...streaming, 'x-amz-trailer': 'x-amz-checksum-crc32' },
      '4\r\nbody\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
    );
    expect([trailing.status, trailing.body]).toEqual([400, expect.stringContaining('<Code>BadDigest</Code>')]);
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('of chunks that do not add up', async () => {
    const headers = { authorization: SIGNED, 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    for (const body of ['', 'zz\r\n', '4\r\nbo', '2\r\nbody\r\n0\r\n\r\n']) {
      const answer = await raw('PUT', `/${Bucket}/${Key}`, headers, body);
      expect([body, answer.status, answer.body]).toEqual([body, 400, expect.stringContaining('IncompleteBody')]);
    }
    const short = { ...headers, 'x-amz-decoded-content-length': '5' };
    expect((await raw('PUT', `/${Bucket}/${Key}`, short, '4\r\nbody\r\n0\r\n\r\n')).status).toBe(400);
    const missing = { ...headers, 'x-amz-trailer': 'x-amz-checksum-crc32' };
    expect((await raw('PUT', `/${Bucket}/${Key}`, missing, '4\r\nbody\r\n0\r\n\r\n')).body).toContain(
      'MalformedTrailer',
    );
    const signedChunks = decodeAwsChunked(Buffer.from('4;chunk-signature=00\r\nbody\r\n0;chunk-signature=11\r\n\r\n'));
    expect(signedChunks.bytes.toString()).toBe('body');
  });

  test('of buckets that are not there, or belong to the other region', async () => {
    const put = (region: Region, bucket: string) =>
      client(region).send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    await expect(put('eu-west-3', 'nobodys')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(put('eu-west-1', Bucket)).rejects.toMatchObject({ name: 'PermanentRedirect' });
    await client().send(new HeadBucketCommand({ Bucket }));
    await expect(client().send(new HeadBucketCommand({ Bucket: 'nobodys' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('of anonymous requests, but for reading the switch bucket', async () => {
    const path = `/${Bucket}/${Key}`;
    expect((await raw('GET', path)).status).toBe(404);
    await client().send(new PutObjectCommand({ Bucket, Key, Body: 'on' }));
    await client().send(new PutObjectCommand({ Bucket: 'evidence', Key: 'entry', Body: 'secret' }));
    const logged = calls().length;
    expect(await raw('GET', path)).toMatchObject({ status: 200, body: 'on' });
    expect(await raw('HEAD', path)).toMatchObject({ status: 200, body: '' });
    expect(calls()).toHaveLength(logged);
    for (const [method, target] of [
      ['PUT', path],
      ['DELETE', path],
      ['GET', `/${Bucket}?list-type=2`],
      ['GET', '/evidence/entry'],
      ['GET', '/'],
    ] as const) {
      const answer = await raw(method, target);
      expect([method, target, answer.status]).toEqual([method, target, 403]);
      expect(answer.body).toContain('<Code>AccessDenied</Code>');
    }
    expect(await raw('GET', path)).toMatchObject({ status: 200, body: 'on' });
  });

  test('of signatures that are malformed, or made for another service or region', async () => {
    const path = `/${Bucket}/${Key}`;
    const attempt = (authorization: string) =>
      raw('PUT', path, { authorization, 'x-amz-content-sha256': UNSIGNED_PAYLOAD }, 'x');
    for (const authorization of ['Bearer x', 'AWS4-HMAC-SHA256 Credential=a', SIGNED.replace('/s3/', '/rds/')]) {
      expect(await attempt(authorization)).toMatchObject({
        status: 400,
        body: expect.stringContaining('AuthorizationHeaderMalformed'),
      });
    }
    const elsewhere = await attempt(SIGNED.replace('eu-west-3', 'eu-west-1'));
    expect(elsewhere.body).toMatch(/the region &apos;eu-west-1&apos; is wrong; .*<Region>eu-west-3<\/Region>/);
    expect((await raw('PUT', path, { authorization: SIGNED }, 'x')).body).toContain('x-amz-content-sha256');
    expect((await raw('GET', path)).status).toBe(404);
    expect((await attempt(SIGNED)).status).toBe(200);
  });

  test('of keys that climb out of their bucket, however they are written', async () => {
    const headers = { authorization: SIGNED, 'x-amz-content-sha256': UNSIGNED_PAYLOAD };
    for (const path of [
      `/${Bucket}/../evidence/x`,
      `/${Bucket}/a/../../x`,
      `/${Bucket}/%2e%2e/x`,
      `/${Bucket}/..%2fx`,
      `/../etc/x`,
      `/${Bucket}/a%00b`,
      `/${Bucket}/%zz`,
    ]) {
      const answer = await raw('PUT', path, headers, 'x');
      expect([path, answer.status, answer.body]).toEqual([path, 400, expect.stringContaining('InvalidURI')]);
    }
    const dots = await raw('PUT', `/${Bucket}/..hidden/...`, headers, 'x');
    expect(dots.status).toBe(200);
  });

  test('of what the lab has not got, instead of pretending', async () => {
    const s3 = client();
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const tagging = s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
    await expect(tagging).rejects.toMatchObject({ name: 'NotImplemented' });
    const locked = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ObjectLockLegalHoldStatus: 'ON' }));
    await expect(locked).rejects.toMatchObject({ name: 'NotImplemented' });
    const ifOther = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '"1"' }));
    await expect(ifOther).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

test('the call log names who asked for what, and which calls change something', async () => {
  const s3 = client();
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  await s3.send(new GetObjectCommand({ Bucket, Key }));
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'y', IfNoneMatch: '*' })).catch(() => {});
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(calls()).toMatchObject([
    { operation: 'PutObject', mutating: true, status: 200, error: null, target: `${Bucket}/${Key}` },
    { operation: 'GetObject', mutating: false, status: 200 },
    { operation: 'PutObject', mutating: true, status: 412, error: 'PreconditionFailed' },
    { operation: 'DeleteObject', mutating: true, status: 204 },
  ]);
  for (const call of calls()) {
    expect(call).toMatchObject({ service: 's3', region: 'eu-west-3', principal: 'lifeboat-execute' });
  }
});

test('cyclic redundancy checks agree with their published check values', () => {
  const bytes = Buffer.from('123456789');
  expect(crc32(bytes).toString('hex')).toBe('cbf43926');
  expect(crc32c(bytes).toString('hex')).toBe('e3069283');
  expect(crc64nvme(bytes).toString('hex')).toBe('ae8b14860a799888');
});
