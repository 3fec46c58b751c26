import { streamEncode } from 'dns-packet';
import { describe, expect, test, vi } from 'vitest';
import type { RecordSet } from '../../lab/dns/record-set.ts';
import { ZoneChangeRefused } from '../../lab/dns/zone.ts';
import { failoverChoice } from '../../lab/dns/zone-answer.ts';
import {
  address,
  addresses,
  ask,
  askByTcp,
  authoritative,
  client,
  labZone,
  rcode,
  useDnsLab,
  WAIT,
} from './dns-lab.ts';

useDnsLab();

describe('authoritative server', () => {
  test('answers a real resolver with values and TTLs of every type it holds', async () => {
    const { at } = await authoritative(
      labZone([
        { name: 'booking.lab.test', type: 'A', ttlSeconds: 7, values: ['127.0.1.10', '127.0.3.10'] },
        { name: 'six.lab.test', type: 'AAAA', ttlSeconds: 7, values: ['::1'] },
        { name: 'www.lab.test', type: 'CNAME', ttlSeconds: 7, values: ['booking.lab.test.'] },
        { name: 'text.lab.test', type: 'TXT', ttlSeconds: 7, values: ['"v=one" "two \\"quoted\\""'] },
        { name: 'lab.test', type: 'MX', ttlSeconds: 7, values: ['10 mail.lab.test.'] },
        { name: '_db._tcp.lab.test', type: 'SRV', ttlSeconds: 7, values: ['1 2 5432 db.lab.test.'] },
      ]),
    );
    const dns = client(at);
    expect(await dns.resolve4('booking.lab.test', { ttl: true })).toEqual([
      { address: '127.0.1.10', ttl: 7 },
      { address: '127.0.3.10', ttl: 7 },
    ]);
    expect(await dns.resolve6('six.lab.test')).toEqual(['::1']);
    expect(await dns.resolve4('www.lab.test')).toEqual(['127.0.1.10', '127.0.3.10']);
    expect(await dns.resolveTxt('text.lab.test')).toEqual([['v=one', 'two "quoted"']]);
    expect(await dns.resolveMx('lab.test')).toMatchObject([{ priority: 10, exchange: 'mail.lab.test' }]);
    expect(await dns.resolveSrv('_db._tcp.lab.test')).toMatchObject([{ port: 5432, name: 'db.lab.test' }]);
    expect(await dns.resolveNs('lab.test')).toEqual(['ns1.lab.test', 'ns2.lab.test']);
  });

  test('says with authority what does not exist, naming for how long, and refuses other zones', async () => {
    const { at } = await authoritative(labZone([address('a.b.lab.test', '127.0.1.1')], 3));
    const missing = await ask(at, 'missing.lab.test');
    expect([rcode(missing), missing.flag_aa]).toEqual([3, true]);
    expect(missing.authorities).toMatchObject([{ type: 'SOA', name: 'lab.test', ttl: 3, data: { minimum: 3 } }]);
    const noData = await ask(at, 'a.b.lab.test', 'AAAA');
    expect([rcode(noData), noData.answers, noData.authorities?.[0]?.type]).toEqual([0, [], 'SOA']);
    // A name that only has names below it exists, without data.
    expect(rcode(await ask(at, 'b.lab.test'))).toBe(0);
    const other = await ask(at, 'example.com');
    expect([rcode(other), other.flag_aa]).toEqual([5, false]);
    expect(rcode(await ask(at, 'notlab.test'))).toBe(5);
  });

  test('lets a wildcard stand for names that do not exist, and for no others', async () => {
    const { at } = await authoritative(
      labZone([address('*.lab.test', '127.0.1.1'), address('booking.lab.test', '127.0.1.2')]),
    );
    const any = await ask(at, 'Whatever.lab.test');
    expect(any.answers).toMatchObject([{ name: 'Whatever.lab.test', data: '127.0.1.1' }]);
    expect(addresses(await ask(at, 'deep.down.lab.test'))).toEqual(['127.0.1.1']);
    expect(addresses(await ask(at, 'booking.lab.test'))).toEqual(['127.0.1.2']);
    // `booking` exists, so what is below it is not the wildcard's.
    expect(rcode(await ask(at, 'x.booking.lab.test'))).toBe(3);
  });

  test('answers by TCP what is too long for UDP, and says so by the truncation bit', async () => {
    const values = Array.from({ length: 90 }, (_, index) => `127.0.1.${index + 1}`);
    const { at } = await authoritative(labZone([{ name: 'many.lab.test', type: 'A', ttlSeconds: 60, values }]));
    const byUdp = await ask(at, 'many.lab.test');
    expect([byUdp.flag_tc, byUdp.answers]).toEqual([true, []]);
    const query = streamEncode({ type: 'query', id: 7, questions: [{ name: 'many.lab.test', type: 'A' }] });
    expect(addresses(await askByTcp(at, query))).toEqual(values);
    expect(await client(at).resolve4('many.lab.test')).toHaveLength(90);
  });

  test('learns of a record edit after its own lag, and an older view never replaces a newer one', async () => {
    const zone = labZone([address('booking.lab.test', '127.0.1.10')]);
    let lagMs = 0;
    const quick = await authoritative(zone, { lagMs: () => lagMs });
    const behind = await authoritative(zone, { host: '127.0.9.55', lagMs: () => 3_600_000 });
    lagMs = 200;
    zone.apply([{ action: 'UPSERT', record: address('booking.lab.test', '127.0.3.1') }]);
    lagMs = 0;
    zone.apply([{ action: 'UPSERT', record: address('booking.lab.test', '127.0.3.2') }]);
    await vi.waitFor(async () => {
      expect(addresses(await ask(quick.at, 'booking.lab.test'))).toEqual(['127.0.3.2']);
    }, WAIT);
    // Outlast the first edit's lag: its timer fires now, with a view that has been overtaken.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(addresses(await ask(quick.at, 'booking.lab.test'))).toEqual(['127.0.3.2']);
    expect(addresses(await ask(behind.at, 'booking.lab.test'))).toEqual(['127.0.1.10']);
    expect([quick.server.serial, behind.server.serial]).toEqual([zone.serial, zone.serial - 2]);
  });
});

describe('zone', () => {
  test('applies a batch as a whole or not at all, with every reason', () => {
    const zone = labZone([address('a.lab.test', '127.0.1.1')]);
    const before = { records: zone.records, serial: zone.serial };
    let changes = 0;
    zone.on('change', () => {
      changes += 1;
    });
    const batch = () =>
      zone.apply([
        { action: 'CREATE', record: address('fine.lab.test', '127.0.1.2') },
        { action: 'CREATE', record: address('A.lab.test', '127.0.1.2') },
        { action: 'UPSERT', record: address('bad.lab.test', '127.0.1.300') },
      ]);
    expect(batch).toThrow(ZoneChangeRefused);
    expect(batch).toThrow(/name='a\.lab\.test\.', type='A'\] but it already exists, .*not a valid IPv4 address/);
    expect({ records: zone.records, serial: zone.serial }).toEqual(before);
    expect(changes).toBe(0);
  });

  test('answers PRIMARY while it is healthy, else a healthy SECONDARY, and PRIMARY when nothing is', () => {
    const set = (failover: 'PRIMARY' | 'SECONDARY'): RecordSet => ({
      ...address('booking.lab.test.', '127.0.1.10'),
      failover,
      setIdentifier: failover,
      healthCheckId: failover,
    });
    const choice = (primary: boolean, secondary: boolean) =>
      failoverChoice(
        [set('SECONDARY'), set('PRIMARY')],
        new Map([
          ['PRIMARY', primary],
          ['SECONDARY', secondary],
        ]),
      ).failover;
    expect(choice(true, true)).toBe('PRIMARY');
    expect(choice(false, true)).toBe('SECONDARY');
    expect(choice(true, false)).toBe('PRIMARY');
    expect(choice(false, false)).toBe('PRIMARY');
  });
});
