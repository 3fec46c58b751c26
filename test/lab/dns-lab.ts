import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { type DecodedPacket, decode, type Question } from 'dns-packet';
import { afterEach } from 'vitest';
import { askDns } from '../../lab/dns/ask-dns.ts';
import { AuthoritativeServer } from '../../lab/dns/authoritative-server.ts';
import { CachingResolver } from '../../lab/dns/caching-resolver.ts';
import { HealthChecks } from '../../lab/dns/health-checks.ts';
import type { RecordSet } from '../../lab/dns/record-set.ts';
import { Zone } from '../../lab/dns/zone.ts';
import { type Endpoint, LAB_DURATIONS } from '../../lab/topology.ts';
import { freeEndpoint } from './free-port.ts';

export const LIFEBOAT = '127.0.9.5';
export const WAIT = { timeout: 15_000, interval: 25 };
/** Longer than a busy machine keeps a question or its answer. */
const ANSWER_MS = 15_000;
/** The same for one server of several, which a test waits out where that server is silent. */
const ATTEMPT_MS = 3_000;

/** What a test started, ended after it, the newest first. */
export const cleanups: (() => unknown)[] = [];

/** Once in each file that starts name servers. */
export function useDnsLab(): void {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
}

export const address = (name: string, value: string, ttlSeconds = 60): RecordSet => ({
  name,
  type: 'A',
  ttlSeconds,
  values: [value],
});

export async function authoritative(
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

export async function resolver(...servers: Endpoint[]): Promise<Endpoint> {
  const at = await freeEndpoint('127.0.9.53');
  const caching = new CachingResolver({
    authoritative: servers,
    localAddress: '127.0.9.53',
    attemptTimeoutMs: ATTEMPT_MS,
  });
  await caching.listen(at);
  cleanups.push(() => caching.close());
  return at;
}

export const ask = (
  server: Endpoint,
  name: string,
  type: Question['type'] = 'A',
  timeoutMs = ANSWER_MS,
): Promise<DecodedPacket> =>
  askDns({ server, question: { name, type, class: 'IN' }, localAddress: LIFEBOAT, timeoutMs });
export const rcode = (packet: DecodedPacket) => (packet.flags ?? 0) & 0xf;
export const addresses = (packet: DecodedPacket) =>
  (packet.answers ?? []).map((answer) => 'data' in answer && answer.data);

export function client(at: Endpoint): Resolver {
  const dns = new Resolver({ timeout: ANSWER_MS, tries: 1 });
  dns.setServers([`${at.host}:${at.port}`]);
  dns.setLocalAddress(LIFEBOAT);
  return dns;
}

export async function askByTcp(at: Endpoint, bytes: Buffer): Promise<DecodedPacket> {
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

export const labZone = (records: readonly RecordSet[], negativeTtlSeconds = 2) =>
  new Zone({ name: 'lab.test', id: 'Z0LAB', records, negativeTtlSeconds });
