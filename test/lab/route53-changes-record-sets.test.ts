import { type Change, GetChangeCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { HOSTED_ZONE_ID, PUBLIC_NAME } from '../../lab/topology.ts';
import {
  change,
  durations,
  failover,
  listed,
  raw,
  route53,
  send,
  signed,
  simple,
  useRoute53Lab,
  zone,
} from './route53-lab.ts';

useRoute53Lab();

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
