import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { HealthChecks } from '../../lab/dns/health-checks.ts';
import { afterResult, isHealthy, UNDECIDED } from '../../lab/dns/health-verdict.ts';
import { type Durations, LAB_DURATIONS } from '../../lab/topology.ts';
import { address, addresses, ask, authoritative, cleanups, labZone, useDnsLab, WAIT } from './dns-lab.ts';
import { freeEndpoint } from './free-port.ts';

useDnsLab();

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
    // Not the first result alone: a busy endpoint answers one or the other probe too late.
    const says = () => checks.status('c').last?.says;
    await vi.waitFor(() => expect(says()).toBe('Failure: HTTP Status Code 404, Not Found'), WAIT);
    expect(checks.healthy('c')).toBe(true);
    status = 302;
    await vi.waitFor(() => expect(checks.healthy('c')).toBe(false), WAIT);
    status = 500;
    await vi.waitFor(() => expect(checks.healthy('c')).toBe(true), WAIT);
    // Told when it changes and at no other time; two late answers in a row would be changes too.
    expect(changes).toEqual(changes.map((_, index) => index % 2 === 1));
    expect(changes.length).toBeGreaterThanOrEqual(2);
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
    await vi.waitFor(() => expect([checks.status('c').last !== null, checks.healthy('c')]).toEqual([true, true]), WAIT);
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
