import { once } from 'node:events';
import http from 'node:http';
import net, { type Socket } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { CopyBothScanner } from '../../lab/network/copy-both-scanner.ts';
import { Network } from '../../lab/network/network.ts';
import { conditionOf } from '../../lab/network/rule.ts';
import type { Endpoint } from '../../lab/topology.ts';
import { freeEndpoint } from './free-port.ts';

const PUBLIC = '127.0.1.20';
const HIDDEN = '127.0.1.120';
const IN_RECOVERY = '127.0.3.9';
const IN_CONTROL = '127.0.9.5';
const WAIT = { timeout: 15_000, interval: 10 };

const said: string[] = [];
let network: Network;
let part: net.Server;
let partSockets: Socket[];
let heard: string;
let publicEnd: Endpoint;
let operatorEnd: Endpoint;

/** A part that answers every chunk with the same in capitals, and remembers what it heard. */
beforeEach(async () => {
  said.length = 0;
  heard = '';
  partSockets = [];
  network = new Network({ log: (line) => said.push(line) });
  part = net.createServer({ allowHalfOpen: true }, (socket) => {
    partSockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard += bytes;
      socket.write(String(bytes).toUpperCase());
    });
    socket.on('end', () => socket.end('.'));
  });
  const hidden = await listen(part, HIDDEN);
  publicEnd = await freeEndpoint(PUBLIC);
  operatorEnd = await freeEndpoint('127.0.0.1');
  await network.link({ name: 'echo', place: 'eu-west-1', listen: publicEnd, to: hidden, operator: operatorEnd });
});

afterEach(async () => {
  await network.close();
  for (const socket of partSockets) socket.destroy();
  await new Promise((resolve) => part.close(resolve));
});

test('passes bytes both ways and shows the part who really calls', async () => {
  const client = await dial(IN_CONTROL);
  expect(await ask(client, 'hello')).toBe('HELLO');
  expect(partSockets[0]?.remoteAddress).toBe(IN_CONTROL);
});

test('keeps a half-close: an answer after the client’s end still arrives', async () => {
  const client = await dial(IN_CONTROL);
  client.end('last words');
  const answer: string[] = [];
  for await (const bytes of client) answer.push(String(bytes));
  expect(answer.join('')).toBe('LAST WORDS.');
});

test('carries 64 MB unharmed to a reader slower than the writer', async () => {
  const sizes = { sent: 64 * 1024 * 1024, got: 0 };
  const source = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.end(Buffer.alloc(sizes.sent, 1));
  });
  const hidden = await listen(source, HIDDEN);
  const at = await freeEndpoint(PUBLIC);
  await network.link({ name: 'bulk', place: 'eu-west-1', listen: at, to: hidden });
  const client = await dial(IN_CONTROL, at);
  for await (const bytes of client) sizes.got += (bytes as Buffer).length;
  expect(sizes.got).toBe(sizes.sent);
  source.close();
});

test('rejects a client of no place with a line in the log that says what to do', async () => {
  expect(await attempt('127.0.0.1')).toBe('ECONNRESET');
  expect(said).toEqual([expect.stringContaining(`127.0.0.1, which is no place`)]);
  expect(said[0]).toContain(`operator's address 127.0.0.1:${operatorEnd.port}`);
});

test('takes whom it meets on the operator’s listener for the operator, under rules of their own', async () => {
  const client = await dial('127.0.0.1', operatorEnd);
  expect(await ask(client, 'ls')).toBe('LS');
  network.setRules([{ from: 'operator', to: 'eu-west-1', mode: 'refuse' }]);
  expect(await ending(client)).toBe('ECONNRESET');
  expect(await ask(await dial(IN_CONTROL), 'still')).toBe('STILL');
});

test('refuse resets both ends of an open connection at once, and every new one', async () => {
  const client = await dial(IN_CONTROL);
  await ask(client, 'a');
  const partEnd = ending(partSockets[0]!);
  network.setRules([{ from: '*', to: 'eu-west-1', mode: 'refuse' }]);
  expect(await ending(client)).toBe('ECONNRESET');
  expect(await partEnd).toBe('ECONNRESET');
  expect(await attempt(IN_CONTROL)).toBe('ECONNRESET');
});

test('a black hole swallows open and new connections without a word, and neither end learns of the other', async () => {
  const open = await dial(IN_CONTROL);
  await ask(open, 'a');
  network.setRules([{ from: '*', to: 'eu-west-1', mode: 'black_hole' }]);
  const fresh = await dial(IN_CONTROL);
  open.write('b');
  fresh.write('c');
  partSockets[0]!.write('into the void');
  await expectSilence([open, fresh]);
  expect(heard).toBe('a');
  open.destroy();
  await expectSilence([partSockets[0]!]);
});

test('a black hole drops bytes that were on their way', async () => {
  // A clock of our own: on a busy machine the delay would be over before the hole is there.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  network.setRules([{ from: '*', to: 'eu-west-1', mode: 'slow', delayMs: 200 }]);
  const client = await dial(IN_CONTROL);
  client.write('under way');
  await expect.poll(() => partSockets.length, WAIT).toBe(1);
  await turns();
  vi.advanceTimersByTime(150);
  network.setRules([{ from: '*', to: 'eu-west-1', mode: 'black_hole' }]);
  vi.advanceTimersByTime(400);
  await turns();
  expect(heard).toBe('');
});

test('healing a black hole resets what fell into it and serves what comes new', async () => {
  const open = await dial(IN_CONTROL);
  await ask(open, 'a');
  network.setRules([{ from: '*', to: 'eu-west-1', mode: 'black_hole' }]);
  const fresh = await dial(IN_CONTROL);
  const ends = [ending(open), ending(fresh), ending(partSockets[0]!)];
  network.setRules([]);
  expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET', 'ECONNRESET']);
  expect(await ask(await dial(IN_CONTROL), 'back')).toBe('BACK');
});

test('slow delays each direction, in order, on open connections too, and stops when told', async () => {
  const client = await dial(IN_CONTROL);
  await ask(client, 'quick');
  network.setRules([{ from: 'eu-central-1', to: '*', mode: 'slow', delayMs: 100 }]);
  const before = performance.now();
  expect(await ask(client, 'one')).toBe('ONE');
  expect(performance.now() - before).toBeGreaterThan(195);
  network.setRules([{ from: 'eu-central-1', to: '*', mode: 'slow', delayMs: 60_000 }]);
  const answer = once(client, 'data');
  client.write('two');
  await pause(100);
  expect(heard).not.toContain('two');
  network.setRules([]);
  expect(String((await answer)[0])).toBe('TWO');
});

test('half-open lets the request arrive and loses the answer', async () => {
  const client = await dial(IN_CONTROL);
  await ask(client, 'a');
  network.setRules([{ from: '*', to: 'eu-west-1', mode: 'half_open' }]);
  client.write('b');
  const fresh = await dial(IN_CONTROL);
  fresh.write('c');
  await expect.poll(() => [...heard].sort().join(''), WAIT).toBe('abc');
  await expectSilence([client, fresh]);
  const ends = [ending(client), ending(fresh)];
  network.setRules([]);
  expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET']);
});

test('a fault between two places leaves a third alone', async () => {
  network.setRules([{ from: 'eu-west-3', to: 'eu-west-1', mode: 'refuse' }]);
  expect(await attempt(IN_RECOVERY)).toBe('ECONNRESET');
  expect(await ask(await dial(IN_CONTROL), 'fine')).toBe('FINE');
});

test('traffic within a place is touched only by a rule that names the place on both sides', () => {
  const within = (from: 'eu-west-1' | '*', to: 'eu-west-1' | '*') =>
    conditionOf([{ from, to, mode: 'refuse' }], 'eu-west-1', 'eu-west-1').mode;
  expect([within('*', '*'), within('*', 'eu-west-1'), within('eu-west-1', '*')]).toEqual(['open', 'open', 'open']);
  expect(within('eu-west-1', 'eu-west-1')).toBe('refuse');
});

test('of several rules that match, the last one holds', () => {
  const rules = [
    { from: '*', to: 'eu-west-1', mode: 'black_hole' },
    { from: 'operator', to: 'eu-west-1', mode: 'open' },
  ] as const;
  expect(conditionOf(rules, 'operator', 'eu-west-1').mode).toBe('open');
  expect(conditionOf(rules, 'outside', 'eu-west-1').mode).toBe('black_hole');
});

test('a part that is not there looks like a part that is down: the client is reset', async () => {
  const at = await freeEndpoint(PUBLIC);
  const nowhere = await freeEndpoint(HIDDEN);
  await network.link({ name: 'gone', place: 'eu-west-1', listen: at, to: nowhere });
  expect(await attempt(IN_CONTROL, at)).toBe('ECONNRESET');
});

test('refuses a port that is taken, naming the link, the address and the remedy', async () => {
  const again = network.link({ name: 'second', place: 'eu-west-1', listen: publicEnd, to: publicEnd });
  await expect(again).rejects.toThrow(
    new RegExp(`link second: cannot listen on ${PUBLIC}:${publicEnd.port} \\(EADDRINUSE\\).*another base port`),
  );
});

test('refuses a rule with a mode it does not know', () => {
  // @ts-expect-error: as it may come from a command line
  expect(() => network.setRules([{ from: '*', to: '*', mode: 'gone' }])).toThrow(/mode is 'gone', must be one of open/);
});

test('serves HTTP with kept-alive connections unchanged', async () => {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.end(`you are ${request.socket.remoteAddress}`));
  });
  const hidden = await listen(server, HIDDEN);
  const at = await freeEndpoint(PUBLIC);
  await network.link({ name: 'http', place: 'eu-west-1', listen: at, to: hidden });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1, localAddress: IN_CONTROL });
  const get = () =>
    new Promise<string>((resolve, reject) => {
      http
        .get({ ...at, agent }, async (response) => {
          let body = '';
          for await (const chunk of response) body += chunk;
          resolve(body);
        })
        .on('error', reject);
    });
  expect([await get(), await get()]).toEqual([`you are ${IN_CONTROL}`, `you are ${IN_CONTROL}`]);
  agent.destroy();
  server.closeAllConnections();
  server.close();
});

test('finds the start of a replication stream however the frames are cut up', () => {
  const frame = (type: string, body: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
  };
  const before = Buffer.concat([frame('R', 'W W W'), frame('Z', ''), frame('T', 'xWx'), frame('W', '123')]);
  const whole = Buffer.concat([before, frame('d', 'stream')]);
  for (let piece = 1; piece <= whole.length; piece += 1) {
    const scanner = new CopyBothScanner();
    let plain = 0;
    for (let at = 0; at < whole.length; at += piece) plain += scanner.scan(whole.subarray(at, at + piece));
    expect(plain, `in pieces of ${piece}`).toBe(before.length);
  }
});

async function listen(server: net.Server, host: string): Promise<Endpoint> {
  await new Promise<void>((resolve) => server.listen({ host, port: 0 }, resolve));
  return { host, port: (server.address() as net.AddressInfo).port };
}

async function dial(localAddress: string, to: Endpoint = publicEnd): Promise<Socket> {
  const socket = net.connect({ ...to, localAddress, allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** How a connection that is not to succeed ends. */
const attempt = (localAddress: string, to: Endpoint = publicEnd): Promise<string> =>
  ending(net.connect({ ...to, localAddress }));

async function ask(client: Socket, question: string): Promise<string> {
  client.write(question);
  const [answer] = await once(client, 'data');
  return String(answer);
}

/** How the socket ends: the code of its error, or `closed`. */
function ending(socket: Socket): Promise<string> {
  if (socket.destroyed) return Promise.resolve(socket.errored ? codeOf(socket.errored) : 'closed');
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(codeOf(error)));
    socket.once('close', () => resolve('closed'));
    socket.resume();
  });
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;

/** Nothing is said and nothing ends on any of them for a while. */
async function expectSilence(sockets: readonly Socket[]): Promise<void> {
  const noises: string[] = [];
  for (const socket of sockets) {
    for (const event of ['data', 'end', 'close', 'error']) socket.once(event, () => noises.push(event));
  }
  await pause(250);
  for (const socket of sockets) socket.removeAllListeners('data');
  expect(noises).toEqual([]);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Long enough for bytes that are there to be read by whom they are for. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
