import { execFile, spawnSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  GetHostedZoneCommand,
  ListHealthChecksCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallLog, type LoggedCall } from '../../lab/aws/call-log.ts';
import { Route53Twin } from '../../lab/aws/route53/route53-twin.ts';
import { ObjectStoreTwin } from '../../lab/aws/s3/object-store-twin.ts';
import { AuthoritativeServer } from '../../lab/dns/authoritative-server.ts';
import { CachingResolver } from '../../lab/dns/caching-resolver.ts';
import { HealthChecks } from '../../lab/dns/health-checks.ts';
import { Zone } from '../../lab/dns/zone.ts';
import {
  type Durations,
  type Endpoint,
  HOSTED_ZONE_ID,
  LAB_DURATIONS,
  PUBLIC_NAME,
  SWITCH_BUCKET,
  SWITCH_KEY,
  ZONE,
} from '../../lab/topology.ts';

const LIFEBOAT = '127.0.9.5';
const CHECK = 'switch-check';
vi.setConfig({ testTimeout: 20_000 });
const WAIT = { timeout: 15_000, interval: 25 };
const CREDENTIALS = { accessKeyId: 'lifeboat-execute', secretAccessKey: 'secret' };
const HAS_CLI = spawnSync('aws', ['--version']).status === 0;

let dir: string;
let zone: Zone;
let checks: HealthChecks;
let at: Endpoint;
let route53: Route53Client;
let durations: { -readonly [Name in keyof Durations]: Durations[Name] };
const cleanups: (() => unknown)[] = [];

async function freeEndpoint(host: string): Promise<Endpoint> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return { host, port };
}

const handler = () => new NodeHttpHandler({ httpAgent: new Agent({ localAddress: LIFEBOAT, keepAlive: true }) });
const urlOf = ({ host, port }: Endpoint) => `http://${host}:${port}`;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lifeboat-route53-'));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  durations = { ...LAB_DURATIONS, healthCheckInterval: 40, zoneLag: 30 };
  const s3At = await freeEndpoint('127.0.3.31');
  zone = new Zone({ name: ZONE, id: HOSTED_ZONE_ID });
  checks = new HealthChecks({ durations: () => durations });
  const url = `${urlOf(s3At)}/${SWITCH_BUCKET}/${SWITCH_KEY}`;
  checks.add({ id: CHECK, url, inverted: true, localAddress: '127.0.5.9' });
  const log = new CallLog(join(dir, 'calls.jsonl'));
  const twin = new Route53Twin({ zone, checks, durations: () => durations, log });
  at = await freeEndpoint('127.0.5.30');
  await twin.listen(at);
  cleanups.push(() => twin.close());
  const store = new ObjectStoreTwin({ dir: join(dir, 's3'), log });
  await store.listen('eu-west-3', s3At);
  cleanups.push(() => store.close());
  s3 = new S3Client({
    region: 'eu-west-3',
    endpoint: urlOf(s3At),
    forcePathStyle: true,
    credentials: CREDENTIALS,
    requestHandler: handler(),
  });
  cleanups.push(() => s3.destroy());
  route53 = new Route53Client({
    region: 'eu-central-1',
    endpoint: urlOf(at),
    maxAttempts: 1,
    credentials: CREDENTIALS,
    requestHandler: handler(),
  });
  cleanups.push(() => route53.destroy());
});
let s3: S3Client;

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const simple = (Name: string, ...values: string[]): ResourceRecordSet => ({
  Name,
  Type: 'A',
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
});
const failover = (role: 'PRIMARY' | 'SECONDARY', value: string, ttl = 1): ResourceRecordSet => ({
  ...simple(PUBLIC_NAME, value),
  TTL: ttl,
  SetIdentifier: role.toLowerCase(),
  Failover: role,
  ...(role === 'PRIMARY' ? { HealthCheckId: CHECK } : {}),
});

const change = (...changes: [Change['Action'], ResourceRecordSet][]) =>
  route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: HOSTED_ZONE_ID,
      ChangeBatch: { Changes: changes.map(([Action, set]) => ({ Action, ResourceRecordSet: set })) },
    }),
  );

async function listed(pageSize?: number): Promise<string[]> {
  const names: string[] = [];
  let next: { StartRecordName?: string; StartRecordType?: string; StartRecordIdentifier?: string } | null = {};
  while (next) {
    const page: Awaited<ReturnType<typeof send>> = await send(next, pageSize);
    for (const set of page.ResourceRecordSets ?? []) {
      names.push([set.Name, set.Type, set.SetIdentifier].filter(Boolean).join(' '));
    }
    next = page.IsTruncated
      ? {
          StartRecordName: page.NextRecordName!,
          StartRecordType: page.NextRecordType!,
          ...(page.NextRecordIdentifier ? { StartRecordIdentifier: page.NextRecordIdentifier } : {}),
        }
      : null;
  }
  return names;
}
const send = (from: object, pageSize?: number) =>
  route53.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: HOSTED_ZONE_ID,
      ...from,
      ...(pageSize === undefined ? {} : { MaxItems: pageSize }),
    }),
  );

const calls = (): LoggedCall[] =>
  existsSync(join(dir, 'calls.jsonl'))
    ? readFileSync(join(dir, 'calls.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as LoggedCall)
    : [];

async function raw(method: string, path: string, headers: Record<string, string>, body = '') {
  const request = httpRequest({ host: at.host, port: at.port, method, path, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, body: text };
}
const signed = (service: string, region = 'us-east-1') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=somebody/20261121/${region}/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
});

describe('hosted zones', () => {
  test('are found by name, listed and described', async () => {
    const byName = await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'lab.test' }));
    expect(byName).toMatchObject({
      DNSName: 'lab.test',
      IsTruncated: false,
      HostedZones: [{ Id: `/hostedzone/${HOSTED_ZONE_ID}`, Name: 'lab.test.', ResourceRecordSetCount: 2 }],
    });
    // A starting point in reversed order, as in Route 53: `test.zone.` comes after `test.lab.`.
    expect((await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'a.test' }))).HostedZones).toHaveLength(1);
    expect((await route53.send(new ListHostedZonesByNameCommand({ DNSName: 'zone.test' }))).HostedZones).toEqual([]);
    expect((await route53.send(new ListHostedZonesCommand({}))).HostedZones).toHaveLength(1);
    const described = await route53.send(new GetHostedZoneCommand({ Id: `/hostedzone/${HOSTED_ZONE_ID}` }));
    expect(described.DelegationSet?.NameServers).toEqual(['ns1.lab.test', 'ns2.lab.test']);
  });

  test('that do not exist are said not to', async () => {
    const missing = { name: 'NoSuchHostedZone', $metadata: { httpStatusCode: 404 } };
    await expect(route53.send(new GetHostedZoneCommand({ Id: 'ZNONE' }))).rejects.toMatchObject(missing);
    await expect(route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'ZNONE' }))).rejects.toMatchObject(
      missing,
    );
  });
});

describe('record sets', () => {
  test('are listed in the order of their reversed labels, whole on pages of any size', async () => {
    await change(
      ['CREATE', simple('*.lab.test', '127.0.1.1')],
      ['CREATE', simple('z.a.lab.test', '127.0.1.1')],
      ['CREATE', simple('b.lab.test', '127.0.1.1')],
      ['CREATE', failover('SECONDARY', '127.0.3.10')],
      ['CREATE', failover('PRIMARY', '127.0.1.10')],
      ['CREATE', { ...simple('b.lab.test'), Type: 'TXT', ResourceRecords: [{ Value: '"<a> & \\"b\\""' }] }],
    );
    const all = [
      'lab.test. NS',
      'lab.test. SOA',
      '\\052.lab.test. A',
      'z.a.lab.test. A',
      'b.lab.test. A',
      'b.lab.test. TXT',
      'booking.lab.test. A primary',
      'booking.lab.test. A secondary',
    ];
    expect(await listed()).toEqual(all);
    for (const pageSize of [1, 2, 3, 7]) expect([pageSize, await listed(pageSize)]).toEqual([pageSize, all]);
    const from = await send({ StartRecordName: 'B.lab.test', StartRecordType: 'TXT' });
    expect(from.ResourceRecordSets?.[0]).toMatchObject({
      Name: 'b.lab.test.',
      TTL: 60,
      ResourceRecords: [{ Value: '"<a> & \\"b\\""' }],
    });
    expect((await send({ StartRecordName: '\\052.lab.test' })).ResourceRecordSets?.[0]?.Name).toBe('\\052.lab.test.');
    await expect(send({}, 0)).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(send({ StartRecordType: 'A' })).rejects.toMatchObject({ name: 'InvalidInput' });
    const identifierAlone = send({ StartRecordName: 'b.lab.test', StartRecordIdentifier: 'x' });
    await expect(identifierAlone).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  test('are changed all or not at all, and every reason is told', async () => {
    await change(['CREATE', simple('a.lab.test', '127.0.1.1')]);
    const before = await listed();
    const refused = change(
      ['CREATE', simple('fine.lab.test', '127.0.1.1')],
      ['CREATE', simple('a.lab.test', '127.0.1.2')],
      ['DELETE', simple('none.lab.test', '127.0.1.2')],
      ['DELETE', simple('a.lab.test', '127.0.1.9')],
      ['UPSERT', simple('a.example.com', '127.0.1.9')],
    );
    await expect(refused).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      $metadata: { httpStatusCode: 400 },
      message:
        "[Tried to create resource record set [name='a.lab.test.', type='A'] but it already exists, " +
        "Tried to delete resource record set [name='none.lab.test.', type='A'] but it was not found, " +
        "Tried to delete resource record set [name='a.lab.test.', type='A'] but the values provided do not match the current values, " +
        'RRSet with DNS name a.example.com. is not permitted in zone lab.test.]',
    });
    expect(await listed()).toEqual(before);
  });

  test('follow the rules for UPSERT, aliases, the apex and failover sets', async () => {
    await change(['UPSERT', simple(PUBLIC_NAME, '127.0.1.10')]);
    await change(['UPSERT', simple(PUBLIC_NAME, '127.0.1.11', '127.0.1.12')]);
    const refusal = async (says: RegExp, ...changes: [Change['Action'], ResourceRecordSet][]) => {
      await expect(change(...changes)).rejects.toMatchObject({
        name: 'InvalidChangeBatch',
        message: expect.stringMatching(says),
      });
    };
    await refusal(/non-failover set exists/, ['UPSERT', failover('PRIMARY', '127.0.1.10')]);
    const [apexNs, apexSoa] = (await send({})).ResourceRecordSets!;
    await refusal(/at least one NS record/, ['DELETE', apexNs!]);
    await refusal(/exactly one SOA record/, ['DELETE', apexSoa!]);
    const alias = (name: string): ResourceRecordSet => ({
      ...simple(name, 'a.lab.test.'),
      Type: 'CNAME',
    });
    await refusal(/at apex/, ['CREATE', alias('lab.test')]);
    await refusal(/CNAME .* conflicts with other records/, ['CREATE', alias(PUBLIC_NAME)]);
    // The old simple record leaves and the pair arrives in one batch.
    await change(
      ['DELETE', simple(PUBLIC_NAME, '127.0.1.12', '127.0.1.11')],
      ['CREATE', failover('PRIMARY', '127.0.1.10')],
      ['CREATE', failover('SECONDARY', '127.0.3.10')],
    );
    await refusal(/other RRSets exist/, ['UPSERT', simple(PUBLIC_NAME, '127.0.1.10')]);
    await refusal(/PRIMARY failover set already exists/, [
      'CREATE',
      { ...failover('PRIMARY', '127.0.1.10'), SetIdentifier: 'another' },
    ]);
    await change(['UPSERT', failover('SECONDARY', '127.0.3.11')]);
    expect(zone.records.find((record) => record.failover === 'SECONDARY')?.values).toEqual(['127.0.3.11']);
  });

  test('that are not well formed are refused before anything is looked at', async () => {
    const invalid = async (says: RegExp, set: ResourceRecordSet) => {
      await expect(change(['UPSERT', set])).rejects.toMatchObject({
        name: 'InvalidInput',
        message: expect.stringMatching(says),
      });
    };
    const { SetIdentifier: _, ...anonymous } = failover('SECONDARY', '127.0.3.10');
    await invalid(/Missing field 'SetIdentifier' in Change with \[Action=UPSERT/, anonymous);
    await invalid(/Expected exactly one of \[Weight/, { ...simple('a.lab.test', '127.0.1.1'), SetIdentifier: 'x' });
    await invalid(/Expected exactly one of \[AliasTarget/, { Name: 'a.lab.test', Type: 'A' });
    await invalid(/the lab has no 'Weight'/, { ...simple('a.lab.test', '127.0.1.1'), SetIdentifier: 'x', Weight: 1 });
    const unknownCheck = change(['UPSERT', { ...failover('PRIMARY', '127.0.1.10'), HealthCheckId: 'none' }]);
    await expect(unknownCheck).rejects.toMatchObject({ name: 'NoSuchHealthCheck' });
    const many = Array.from({ length: 501 }, (_unused, index) => `127.0.${index >> 8}.${index & 255}`);
    await expect(change(['UPSERT', simple('a.lab.test', ...many)])).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: '[Number of records limit of 1000 exceeded.]',
    });
    for (const body of [
      '',
      '<a>',
      '<ChangeResourceRecordSetsRequest/>',
      '{}',
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ]) {
      const answer = await raw('POST', `/2013-04-01/hostedzone/${HOSTED_ZONE_ID}/rrset`, signed('route53'), body);
      expect([body, answer.status]).toEqual([body, 400]);
    }
    expect(await listed()).toHaveLength(2);
  });

  test('are PENDING until the name servers must have them, then INSYNC', async () => {
    durations.route53InSync = 3_600_000;
    const { ChangeInfo } = await change(['CREATE', simple('a.lab.test', '127.0.1.1')]);
    expect(ChangeInfo).toMatchObject({ Status: 'PENDING', Id: expect.stringMatching(/^\/change\/C[0-9A-F]+$/) });
    const status = async () => (await route53.send(new GetChangeCommand({ Id: ChangeInfo!.Id! }))).ChangeInfo?.Status;
    expect(await status()).toBe('PENDING');
    durations.route53InSync = 0;
    durations.zoneLag = 3_600_000;
    expect(await status()).toBe('PENDING');
    durations.zoneLag = 0;
    expect(await status()).toBe('INSYNC');
    await expect(route53.send(new GetChangeCommand({ Id: 'CNONE' }))).rejects.toMatchObject({ name: 'NoSuchChange' });
  });
});

describe('health checks', () => {
  test('show what they watch and that they are inverted', async () => {
    const { HealthCheck } = await route53.send(new GetHealthCheckCommand({ HealthCheckId: CHECK }));
    expect(HealthCheck).toMatchObject({
      Id: CHECK,
      HealthCheckVersion: 1,
      HealthCheckConfig: {
        Type: 'HTTP',
        IPAddress: '127.0.3.31',
        ResourcePath: `/${SWITCH_BUCKET}/${SWITCH_KEY}`,
        Inverted: true,
        RequestInterval: 1,
        FailureThreshold: 2,
      },
    });
    expect(HealthCheck?.HealthCheckConfig?.Port).toBeGreaterThan(0);
    checks.add({ id: 'named', url: 'http://booking.lab.test/readyz', inverted: false, localAddress: '127.0.5.9' });
    const first = await route53.send(new ListHealthChecksCommand({ MaxItems: 1 }));
    expect([first.HealthChecks?.[0]?.Id, first.IsTruncated, first.NextMarker]).toEqual(['named', true, CHECK]);
    expect(first.HealthChecks?.[0]?.HealthCheckConfig).toMatchObject({
      FullyQualifiedDomainName: 'booking.lab.test',
      Port: 80,
      ResourcePath: '/readyz',
      Inverted: false,
    });
    const second = await route53.send(new ListHealthChecksCommand({ Marker: CHECK }));
    expect([second.HealthChecks?.length, second.IsTruncated]).toEqual([1, false]);
    const missing = route53.send(new GetHealthCheckCommand({ HealthCheckId: 'none' }));
    await expect(missing).rejects.toMatchObject({ name: 'NoSuchHealthCheck', $metadata: { httpStatusCode: 404 } });
  });

  test('report what they saw, not what they make of it', async () => {
    const status = async () =>
      (await route53.send(new GetHealthCheckStatusCommand({ HealthCheckId: CHECK }))).HealthCheckObservations;
    expect(await status()).toEqual([]);
    checks.start();
    cleanups.push(() => checks.stop());
    await checks.settled();
    expect(await status()).toMatchObject([
      { StatusReport: { Status: 'Failure: HTTP Status Code 404, Not Found', CheckedTime: expect.any(Date) } },
    ]);
    expect(checks.healthy(CHECK)).toBe(true);
  });
});

test('the switch object moves the public name to the recovery address everywhere, and its deletion moves it back', async () => {
  checks.start();
  cleanups.push(() => checks.stop());
  await checks.settled();
  const servers: Endpoint[] = [];
  for (const host of ['127.0.9.54', '127.0.9.55']) {
    const where = await freeEndpoint(host);
    const server = new AuthoritativeServer({ zone, checks, lagMs: () => durations.zoneLag });
    await server.listen(where);
    cleanups.push(() => server.close());
    servers.push(where);
  }
  const resolverAt = await freeEndpoint('127.0.9.53');
  const resolver = new CachingResolver({ authoritative: servers, localAddress: '127.0.9.53' });
  await resolver.listen(resolverAt);
  cleanups.push(() => resolver.close());

  await change(['CREATE', failover('PRIMARY', '127.0.1.10')], ['CREATE', failover('SECONDARY', '127.0.3.10')]);
  const answers = () =>
    Promise.all(
      [...servers, resolverAt].map(async ({ host, port }) => {
        const dns = new Resolver({ timeout: 4_000, tries: 1 });
        dns.setServers([`${host}:${port}`]);
        dns.setLocalAddress(LIFEBOAT);
        return (await dns.resolve4(PUBLIC_NAME).catch((error: NodeJS.ErrnoException) => [error.code]))[0];
      }),
    );
  const everyone = (address: string) =>
    vi.waitFor(async () => expect(await answers()).toEqual([address, address, address]), WAIT);

  await everyone('127.0.1.10');
  const Bucket = SWITCH_BUCKET;
  await s3.send(new PutObjectCommand({ Bucket, Key: SWITCH_KEY, Body: 'fo-1', IfNoneMatch: '*' }));
  await everyone('127.0.3.10');
  expect(checks.healthy(CHECK)).toBe(false);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: SWITCH_KEY }));
  await everyone('127.0.1.10');
});

describe('requests', () => {
  test('without a signature, with a malformed one or one for another service are refused', async () => {
    const path = '/2013-04-01/hostedzone';
    const attempt = async (headers: Record<string, string>) => {
      const { status, body } = await raw('GET', path, headers);
      return [status, /<Code>(\w+)<\/Code>/.exec(body)?.[1]];
    };
    expect(await attempt({})).toEqual([403, 'MissingAuthenticationToken']);
    expect(await attempt({ authorization: 'Bearer x' })).toEqual([400, 'IncompleteSignature']);
    expect(await attempt(signed('s3'))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await attempt(signed('route53', 'eu-central-1'))).toEqual([200, undefined]);
  });

  test('are all in the call log: who, what, on which zone or name, and how it ended', async () => {
    await change(['CREATE', simple('a.lab.test', '127.0.1.1')], ['CREATE', simple('b.lab.test', '127.0.1.1')]);
    await change(['CREATE', simple('a.lab.test', '127.0.1.1')]).catch(() => {});
    await send({});
    await raw('DELETE', `/2013-04-01/hostedzone/${HOSTED_ZONE_ID}`, signed('route53'));
    const common = { service: 'route53', region: 'us-east-1' };
    expect(calls()).toMatchObject([
      {
        ...common,
        operation: 'ChangeResourceRecordSets',
        mutating: true,
        principal: 'lifeboat-execute',
        status: 200,
        error: null,
        target: 'a.lab.test., b.lab.test.',
      },
      { ...common, operation: 'ChangeResourceRecordSets', mutating: true, status: 400, error: 'InvalidChangeBatch' },
      { ...common, operation: 'ListResourceRecordSets', mutating: false, target: 'lab.test.' },
      { ...common, mutating: true, status: 404, error: 'InvalidAction' },
    ]);
  });

  test.skipIf(!HAS_CLI)(
    'come from the aws CLI as well',
    async () => {
      const environment = {
        PATH: process.env['PATH'],
        HOME: dir,
        AWS_ACCESS_KEY_ID: 'operator',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_MAX_ATTEMPTS: '1',
        ...(process.env['PYENV_ROOT'] ? { PYENV_ROOT: process.env['PYENV_ROOT'] } : {}),
      };
      const aws = async (...words: string[]) => {
        const { stdout } = await promisify(execFile)('aws', ['route53', '--endpoint-url', urlOf(at), ...words], {
          env: environment as NodeJS.ProcessEnv,
          timeout: 30_000,
        });
        return JSON.parse(stdout) as Record<string, never>;
      };
      const batch = JSON.stringify({
        Comment: 'by hand',
        Changes: [{ Action: 'UPSERT', ResourceRecordSet: simple('*.lab.test', '127.0.1.1') }],
      });
      const zoneArguments = ['--hosted-zone-id', HOSTED_ZONE_ID];
      expect(await aws('change-resource-record-sets', ...zoneArguments, '--change-batch', batch)).toMatchObject({
        ChangeInfo: { Status: 'PENDING', Comment: 'by hand' },
      });
      const { ResourceRecordSets } = await aws('list-resource-record-sets', ...zoneArguments, '--page-size', '1');
      expect(ResourceRecordSets).toMatchObject([{ Type: 'NS' }, { Type: 'SOA' }, { Name: '\\052.lab.test.' }]);
      expect(calls().at(-1)).toMatchObject({ principal: 'operator', operation: 'ListResourceRecordSets' });
    },
    60_000,
  );
});
