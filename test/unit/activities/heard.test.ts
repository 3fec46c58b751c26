import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { heard } from '../../../activities/clients/heard.ts';
import { probeHttp } from '../../../activities/clients/http-probe.ts';
import { countingServer } from './counting-server.ts';

describe('hearing an answer', () => {
  it('gives the answer', async () => {
    expect(await heard('database', 1_000, Promise.resolve(7))).toEqual({ answered: true, value: 7 });
  });

  it('makes a failure a fact, with the reason', async () => {
    expect(await heard('database', 1_000, Promise.reject(new Error('ECONNREFUSED')))).toEqual({
      answered: false,
      because: 'database: ECONNREFUSED',
    });
  });

  it('waits no longer than it was told to', async () => {
    const never = new Promise<never>(() => undefined);
    expect(await heard('database', 30, never)).toEqual({ answered: false, because: 'database: no answer in 0.03 s' });
  });

  it('lets a failure that comes too late pass unnoticed', async () => {
    const late = delay(30).then(() => Promise.reject(new Error('too late')));
    expect(await heard('database', 5, late)).toMatchObject({ answered: false });
    await delay(40);
  });
});

describe('a probe over HTTP', () => {
  const to = (port: number) => ({
    address: '127.0.0.1',
    port,
    method: 'GET' as const,
    path: '/readyz',
    host: 'booking.example.com',
    // Far longer than an answer takes here: whoever wants to see it given up says when.
    timeoutMs: 20_000,
  });

  it('asks the pinned address for the public name, on a connection of its own', async () => {
    const seen: string[] = [];
    const server = await countingServer((request, response) => {
      seen.push(`${request.headers.host} ${request.headers.connection}`);
      response.writeHead(503, { 'x-served-by': 'eu-west-3' }).end('no');
    });
    expect(await probeHttp(to(server.port))).toMatchObject({
      status: 503,
      body: 'no',
      headers: { 'x-served-by': 'eu-west-3' },
    });
    expect(seen).toEqual(['booking.example.com close']);
  });

  it('gives up on a server that takes the connection and never answers', async () => {
    const server = await countingServer(() => undefined);
    await expect(probeHttp({ ...to(server.port), timeoutMs: 40 })).rejects.toThrow(/abort/i);
  });

  it('speaks TLS to an address that is to speak TLS, and says nothing in the clear', async () => {
    let hello: (bytes: Buffer) => void = () => undefined;
    const first = new Promise<Buffer>((resolve) => {
      hello = resolve;
    });
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .once('data', (bytes) => {
          hello(bytes);
          socket.destroy();
        }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    await expect(probeHttp({ ...to(port), tls: true })).rejects.toThrow();
    const clientHello = await first;
    expect(clientHello[0]).toBe(0x16);
    expect(clientHello.includes('booking.example.com')).toBe(true);
    expect(clientHello.includes('/readyz')).toBe(false);
  });

  it('says so when nobody listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(probeHttp(to(port))).rejects.toThrow(/ECONNREFUSED/);
  });
});
