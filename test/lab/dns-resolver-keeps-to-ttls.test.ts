import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { AnswerCache } from '../../lab/dns/answer-cache.ts';
import { address, ask, authoritative, cleanups, client, labZone, rcode, resolver, useDnsLab, WAIT } from './dns-lab.ts';

useDnsLab();

describe('caching resolver', () => {
  test('goes on answering from its cache when every server is gone, and admits what it does not know', async () => {
    const { at, server } = await authoritative(labZone([address('booking.lab.test', '127.0.1.10')]));
    const dns = client(await resolver(at));
    expect(await dns.resolve4('booking.lab.test')).toEqual(['127.0.1.10']);
    await server.close();
    expect(await dns.resolve4('BOOKING.lab.test')).toEqual(['127.0.1.10']);
    await expect(dns.resolve4('other.lab.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  test('asks again when the TTL is over, and only then', async () => {
    const zone = labZone([address('long.lab.test', '127.0.1.1', 600), address('short.lab.test', '127.0.1.1', 1)]);
    const { at } = await authoritative(zone);
    const dns = client(await resolver(at));
    await Promise.all([dns.resolve4('long.lab.test'), dns.resolve4('short.lab.test')]);
    zone.apply([
      { action: 'UPSERT', record: address('long.lab.test', '127.0.3.1', 600) },
      { action: 'UPSERT', record: address('short.lab.test', '127.0.3.1', 1) },
    ]);
    await vi.waitFor(async () => expect(await dns.resolve4('short.lab.test')).toEqual(['127.0.3.1']), WAIT);
    const [long] = await dns.resolve4('long.lab.test', { ttl: true });
    expect(long?.address).toBe('127.0.1.1');
    expect(long?.ttl).toBeLessThan(600);
  });

  test('remembers that a name does not exist for as long as the SOA says', async () => {
    const zone = labZone([], 600);
    const { at } = await authoritative(zone);
    const dns = client(await resolver(at));
    await expect(dns.resolve4('late.lab.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    zone.apply([{ action: 'CREATE', record: address('late.lab.test', '127.0.1.1') }]);
    await vi.waitFor(async () => expect(rcode(await ask(at, 'late.lab.test'))).toBe(0), WAIT);
    await expect(dns.resolve4('late.lab.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('passes by a server that is silent, and refuses zones that nobody here has', async () => {
    const silent = createSocket('udp4');
    silent.bind(0, '127.0.9.55');
    await once(silent, 'listening');
    cleanups.push(() => new Promise<void>((resolve) => silent.close(() => resolve())));
    const { at } = await authoritative(labZone([address('booking.lab.test', '127.0.1.10')]));
    const dns = client(await resolver({ host: '127.0.9.55', port: silent.address().port }, at));
    expect(await dns.resolve4('booking.lab.test')).toEqual(['127.0.1.10']);
    await expect(client(await resolver(at)).resolve4('example.com')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  test('counts TTLs down while it remembers, and forgets on time', () => {
    const cache = new AnswerCache();
    const reply = {
      rcode: 0,
      authoritative: false,
      answers: [{ type: 'A' as const, name: 'a', ttl: 10, data: '127.0.1.1' }],
      authorities: [],
    };
    cache.store('a A', reply, 1_000);
    cache.store('never', { ...reply, answers: [], authorities: [] }, 1_000);
    expect(cache.find('a A', 5_500)?.answers).toMatchObject([{ ttl: 5 }]);
    expect(cache.find('a A', 10_999)).not.toBeNull();
    expect(cache.find('a A', 11_000)).toBeNull();
    expect(cache.find('never', 1_000)).toBeNull();
  });
});
