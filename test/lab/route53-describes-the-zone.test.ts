import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  GetHostedZoneCommand,
  ListHealthChecksCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { describe, expect, test, vi } from 'vitest';
import { HOSTED_ZONE_ID, SWITCH_BUCKET, SWITCH_KEY } from '../../lab/topology.ts';
import { CHECK, checks, cleanups, route53, useRoute53Lab } from './route53-lab.ts';

useRoute53Lab();

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
    // Not the first result alone: a busy endpoint answers one or the other probe too late.
    const seen = { Status: 'Failure: HTTP Status Code 404, Not Found', CheckedTime: expect.any(Date) };
    await vi.waitFor(async () => expect(await status()).toMatchObject([{ StatusReport: seen }]), { timeout: 15_000 });
    expect(checks.healthy(CHECK)).toBe(true);
  });
});
