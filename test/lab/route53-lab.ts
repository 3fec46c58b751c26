import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Change,
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach } from 'vitest';
import { CallLog, type LoggedCall } from '../../lab/aws/call-log.ts';
import { CallFaults } from '../../lab/aws/faults/call-faults.ts';
import { Route53Twin } from '../../lab/aws/route53/route53-twin.ts';
import { ObjectStoreTwin } from '../../lab/aws/s3/object-store-twin.ts';
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
import { freeEndpoint } from './free-port.ts';
import { loggedCalls } from './logged-calls.ts';
import { rawRequest } from './raw-request.ts';

export const LIFEBOAT = '127.0.9.5';
export const CHECK = 'switch-check';
const CREDENTIALS = { accessKeyId: 'lifeboat-execute', secretAccessKey: 'secret' };

export let dir: string;
export let zone: Zone;
export let checks: HealthChecks;
export let at: Endpoint;
export let route53: Route53Client;
export let s3: S3Client;
export let faults: CallFaults;
export let durations: { -readonly [Name in keyof Durations]: Durations[Name] };
/** What a test started, ended after it, the newest first. */
export const cleanups: (() => unknown)[] = [];

const handler = () => new NodeHttpHandler({ httpAgent: new Agent({ localAddress: LIFEBOAT, keepAlive: true }) });
export const urlOf = ({ host, port }: Endpoint) => `http://${host}:${port}`;

/** A twin of Route 53, and one of S3 that its health check looks at, for each test of the file that calls this. */
export function useRoute53Lab(): void {
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
    faults = new CallFaults();
    const twin = new Route53Twin({ zone, checks, durations: () => durations, log, faults });
    at = await freeEndpoint('127.0.5.30');
    await twin.listen(at);
    cleanups.push(() => twin.close());
    const store = new ObjectStoreTwin({ dir: join(dir, 's3'), log, faults });
    await store.listen('eu-west-3', s3At);
    cleanups.push(() => store.close());
    s3 = new S3Client({
      region: 'eu-west-3',
      endpoint: urlOf(s3At),
      forcePathStyle: true,
      maxAttempts: 1,
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
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
}

export const simple = (Name: string, ...values: string[]): ResourceRecordSet => ({
  Name,
  Type: 'A',
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
});
export const failover = (role: 'PRIMARY' | 'SECONDARY', value: string, ttl = 1): ResourceRecordSet => ({
  ...simple(PUBLIC_NAME, value),
  TTL: ttl,
  SetIdentifier: role.toLowerCase(),
  Failover: role,
  ...(role === 'PRIMARY' ? { HealthCheckId: CHECK } : {}),
});

export const change = (...changes: [Change['Action'], ResourceRecordSet][]) =>
  route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: HOSTED_ZONE_ID,
      ChangeBatch: { Changes: changes.map(([Action, set]) => ({ Action, ResourceRecordSet: set })) },
    }),
  );

export async function listed(pageSize?: number): Promise<string[]> {
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
export const send = (from: object, pageSize?: number) =>
  route53.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: HOSTED_ZONE_ID,
      ...from,
      ...(pageSize === undefined ? {} : { MaxItems: pageSize }),
    }),
  );

export const calls = (): readonly LoggedCall[] => loggedCalls(join(dir, 'calls.jsonl'));

export const raw = (method: string, path: string, headers: Record<string, string>, body = '') =>
  rawRequest(at, method, path, headers, body);

export const signed = (service: string, region = 'us-east-1') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=somebody/20261121/${region}/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
});
