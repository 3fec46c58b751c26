import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { type DecodedPacket, decode, encode, type Question, streamEncode } from 'dns-packet';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AnswerCache } from '../../lab/dns/answer-cache.ts';
import { askDns } from '../../lab/dns/ask-dns.ts';
import { AuthoritativeServer } from '../../lab/dns/authoritative-server.ts';
import { CachingResolver } from '../../lab/dns/caching-resolver.ts';
import { HealthChecks } from '../../lab/dns/health-checks.ts';
import { afterResult, isHealthy, UNDECIDED } from '../../lab/dns/health-verdict.ts';
import type { RecordSet } from '../../lab/dns/record-set.ts';
import { Zone, ZoneChangeRefused } from '../../lab/dns/zone.ts';
import { failoverChoice } from '../../lab/dns/zone-answer.ts';
import { type Durations, type Endpoint, LAB_DURATIONS } from '../../lab/topology.ts';

const LIFEBOAT = '127.0.9.5';
vi.setConfig({ testTimeout: 20_000 });
const WAIT = { timeout: 15_000, interval: 25 };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
const freeEndpoint = async (host: string): Promise<Endpoint> => ({ host, port: await freePort(host) });

const address = (name: string, value: string, ttlSeconds = 60): RecordSet => ({
  name,
  type: 'A',
  ttlSeconds,
  values: [value],
});

async function authoritative(
  zone: Zone,
  options: { host?: string; checks?: HealthChecks; lagMs?: () => number } = {},
): Promise<{ at: Endpoint; server: AuthoritativeServer }> {
  const at = await freeEndpoint(options.host ?? '127.0.9.54');
  const checks = options.checks ?? new HealthChecks({ durations: () => LAB_DURATIONS });
  const server = new AuthoritativeServer({ zone, checks, lagMs: options.lagMs ?? (() => 0) });
  await server.listen(at);
  cleanups.push(() => server.close());
  return { at, server };
}

async function resolver(...servers: Endpoint[]): Promise<Endpoint> {
  const at = await freeEndpoint('127.0.9.53');
  const caching = new CachingResolver({ authoritative: servers, localAddress: '127.0.9.53', attemptTimeoutMs: 250 });
  await caching.listen(at);
  cleanups.push(() => caching.close());
  return at;
}

const ask = (server: Endpoint, name: string, type: Question['type'] = 'A'): Promise<DecodedPacket> =>
  askDns({ server, question: { name, type, class: 'IN' }, localAddress: LIFEBOAT, timeoutMs: 5_000 });
const rcode = (packet: DecodedPacket) => (packet.flags ?? 0) & 0xf;
const addresses = (packet: DecodedPacket) => (packet.answers ?? []).map((answer) => 'data' in answer && answer.data);

function client(at: Endpoint): Resolver {
  const dns = new Resolver({ timeout: 4_000, tries: 1 });
  dns.setServers([`${at.host}:${at.port}`]);
  dns.setLocalAddress(LIFEBOAT);
  return dns;
}

async function askByTcp(at: Endpoint, bytes: Buffer): Promise<DecodedPacket> {
  const socket = connect({ ...at, localAddress: LIFEBOAT });
  cleanups.push(() => socket.destroy());
  socket.write(bytes);
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) break;
  }
  return decode(received.subarray(2));
}

const labZone = (records: readonly RecordSet[], negativeTtlSeconds = 2) =>
  new Zone({ name: 'lab.test', id: 'Z0LAB', records, negativeTtlSeconds });

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

describe('health checks', () => {
  async function endpoint(answer: (server: Server) => void): Promise<{ url: string; server: Server; from: string[] }> {
    const server = createHttpServer();
    const from: string[] = [];
    server.on('connection', (socket: Socket) => from.push(String(socket.remoteAddress)));
    answer(server);
    const at = await freeEndpoint('127.0.3.131');
    server.listen(at.port, at.host);
    await once(server, 'listening');
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://${at.host}:${at.port}/switch`, server, from };
  }

  function running(durations: Partial<Durations>, url: string, inverted: boolean) {
    const current = { ...LAB_DURATIONS, ...durations };
    const checks = new HealthChecks({ durations: () => current });
    checks.add({ id: 'c', url, inverted, localAddress: '127.0.5.9' });
    checks.start();
    cleanups.push(() => checks.stop());
    return { checks, current: current as { -readonly [Name in keyof Durations]: Durations[Name] } };
  }

  test('changes its verdict after as many results in a row as the threshold says, the first one alone', () => {
    const decided = (results: boolean[]) =>
      results.reduce((verdict, succeeded) => afterResult(verdict, succeeded, 3), UNDECIDED).endpointHealthy;
    expect([decided([true]), decided([false])]).toEqual([true, false]);
    expect([decided([true, false, false]), decided([true, false, false, false])]).toEqual([true, false]);
    expect(decided([true, false, false, true, false, false])).toBe(true);
    expect([isHealthy(UNDECIDED, false), isHealthy(UNDECIDED, true)]).toEqual([true, true]);
  });

  test('are performed from the address they are bound to, and inverted ones say the opposite', async () => {
    let status = 404;
    const { url, from } = await endpoint((server) => server.on('request', (_, res) => res.writeHead(status).end()));
    const { checks } = running({ healthCheckInterval: 30 }, url, true);
    const changes: boolean[] = [];
    checks.on('change', (_, healthy) => changes.push(healthy));
    await checks.settled();
    expect([checks.healthy('c'), checks.status('c').last?.says]).toEqual([
      true,
      'Failure: HTTP Status Code 404, Not Found',
    ]);
    status = 302;
    await vi.waitFor(() => expect(checks.healthy('c')).toBe(false), WAIT);
    status = 500;
    await vi.waitFor(() => expect(checks.healthy('c')).toBe(true), WAIT);
    expect(changes).toEqual([false, true]);
    expect(new Set(from)).toEqual(new Set(['127.0.5.9']));
  });

  test('end by themselves when an endpoint accepts and never answers', async () => {
    const { url } = await endpoint((server) => server.on('request', () => {}));
    const { checks } = running({ healthCheckInterval: 50 }, url, false);
    await checks.settled();
    expect(checks.status('c').last?.says).toBe('Failure: no answer within 250 ms');
    expect(checks.healthy('c')).toBe(false);
  });

  test('take a new interval at once, though the old one has an hour to go', async () => {
    let requests = 0;
    const { url } = await endpoint((server) =>
      server.on('request', (_, res) => {
        requests += 1;
        res.end();
      }),
    );
    const { checks, current } = running({ healthCheckInterval: 3_600_000 }, url, false);
    await checks.settled();
    expect(requests).toBe(1);
    current.healthCheckInterval = 20;
    await vi.waitFor(() => expect(requests).toBeGreaterThan(3), WAIT);
  });

  test('reach the name servers with the same lag as record edits', async () => {
    const { url, server } = await endpoint((http) => http.on('request', (_, res) => res.end()));
    const { checks } = running({ healthCheckInterval: 30 }, url, false);
    await checks.settled();
    const zone = labZone([
      { ...address('booking.lab.test', '127.0.1.10'), failover: 'PRIMARY', setIdentifier: 'p', healthCheckId: 'c' },
      { ...address('booking.lab.test', '127.0.3.10'), failover: 'SECONDARY', setIdentifier: 's' },
    ]);
    const quick = await authoritative(zone, { checks });
    const behind = await authoritative(zone, { host: '127.0.9.55', checks, lagMs: () => 3_600_000 });
    server.closeAllConnections();
    server.close();
    await vi.waitFor(async () => {
      expect(addresses(await ask(quick.at, 'booking.lab.test'))).toEqual(['127.0.3.10']);
    }, WAIT);
    expect(checks.healthy('c')).toBe(false);
    expect(addresses(await ask(behind.at, 'booking.lab.test'))).toEqual(['127.0.1.10']);
  });
});

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

describe('malformed packets', () => {
  /** Deterministic, so that a failure can be repeated. */
  function garbage(seed: number): () => Buffer {
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const query = encode({
      type: 'query',
      id: 1,
      questions: [{ name: 'booking.lab.test', type: 'A' }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 1232,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ],
    });
    return () => {
      if (next(3) === 0) return Buffer.from(Array.from({ length: next(80) }, () => next(256)));
      const broken = Buffer.from(query.subarray(0, next(2) === 0 ? query.length : next(query.length)));
      for (let flips = 1 + next(6); flips > 0 && broken.length > 0; flips -= 1) broken[next(broken.length)] = next(256);
      return broken;
    };
  }

  test('do not stop any server', async () => {
    const { at } = await authoritative(labZone([address('booking.lab.test', '127.0.1.10')]));
    const through = await resolver(at);
    const make = garbage(42);
    const pointerLoop = Buffer.from('000100000001000000000000c00c00010001', 'hex');
    const socket = createSocket('udp4');
    socket.bind(0, LIFEBOAT);
    await once(socket, 'listening');
    cleanups.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
    for (let count = 0; count < 400; count += 1) {
      const packet = count === 0 ? pointerLoop : make();
      for (const target of [at, through]) {
        await new Promise<void>((resolve) => socket.send(packet, target.port, target.host, () => resolve()));
      }
      if (count % 8 !== 0) continue;
      const tcp = connect({ ...at, localAddress: LIFEBOAT });
      tcp.on('error', () => {});
      cleanups.push(() => tcp.destroy());
      await once(tcp, 'connect');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(count % 16 === 0 ? packet.length : packet.length + 9);
      tcp.write(Buffer.concat([length, packet]));
    }
    expect(addresses(await ask(at, 'booking.lab.test'))).toEqual(['127.0.1.10']);
    const query = streamEncode({ type: 'query', id: 7, questions: [{ name: 'booking.lab.test', type: 'A' }] });
    expect(addresses(await askByTcp(at, query))).toEqual(['127.0.1.10']);
    await vi.waitFor(async () => {
      expect(await client(through).resolve4('booking.lab.test')).toEqual(['127.0.1.10']);
    }, WAIT);
  });

  test('are answered with a format error that gives nothing back, responses not at all', async () => {
    const { at } = await authoritative(labZone([]));
    const socket = createSocket('udp4');
    socket.bind(0, LIFEBOAT);
    await once(socket, 'listening');
    cleanups.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
    const replies: Buffer[] = [];
    socket.on('message', (bytes) => replies.push(bytes));
    const header = (flags: number, questions: number) => {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt16BE(0xbeef, 0);
      bytes.writeUInt16BE(flags, 2);
      bytes.writeUInt16BE(questions, 4);
      return bytes;
    };
    socket.send(header(0x8000, 0), at.port, at.host);
    socket.send(header(0x0000, 9), at.port, at.host);
    socket.send(header(0x2800, 0), at.port, at.host);
    await vi.waitFor(() => expect(replies).toHaveLength(2), WAIT);
    const seen = replies.map((bytes) => [bytes.length, bytes.readUInt16BE(0), bytes.readUInt16BE(2) & 0xf]);
    expect(seen).toContainEqual([12, 0xbeef, 1]);
    expect(seen).toContainEqual([12, 0xbeef, 4]);
  });
});
