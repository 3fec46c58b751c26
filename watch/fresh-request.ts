import { Resolver } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { VantageSettings } from './vantage-settings.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** How far a request came: said when it did not come to its end. */
export type Phase = 'resolving' | 'connecting' | 'waiting for the answer';

type Where = Pick<VantageSettings, 'name' | 'port' | 'resolvers' | 'localAddress' | 'timeoutMs'>;
type What = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string };

const MOST_BODY_BYTES = 64 * 1_024;

/** A deadline passed. */
export class TimedOut extends Error {
  constructor(timeoutMs: number, phase: Phase) {
    super(`no end within ${timeoutMs} ms while ${phase}`);
    this.name = 'TimedOut';
  }
}

/**
 * One request as a new client makes it: the name resolved afresh, a connection of its own. Cached addresses and kept
 * sockets would go on talking to a region that others no longer reach.
 * @throws TimedOut when resolving, connecting and the answer took longer than `timeoutMs` together.
 */
export async function freshRequest(where: Where, what: What): Promise<Answer> {
  const deadline = new AbortController();
  let phase: Phase = 'resolving';
  const reached = (next: Phase): void => {
    phase = next;
  };
  const timer = setTimeout(() => deadline.abort(), where.timeoutMs);
  try {
    const address = await resolveAfresh(where, deadline.signal);
    reached('connecting');
    return await send(where, address, what, deadline.signal, reached);
  } catch (caught) {
    // The resolver's own time-out may come a moment before ours.
    const tooLate = deadline.signal.aborted || (caught as NodeJS.ErrnoException).code === 'ETIMEOUT';
    throw tooLate ? new TimedOut(where.timeoutMs, phase) : caught;
  } finally {
    clearTimeout(timer);
  }
}

/** Asks through c-ares and not `getaddrinfo`: the latter blocks the few threads that files need, too. */
async function resolveAfresh(
  { name, resolvers, localAddress, timeoutMs }: Where,
  signal: AbortSignal,
): Promise<string> {
  if (isIP(name) !== 0) return name;
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / Math.max(1, resolvers.length)), tries: 1 });
  if (resolvers.length > 0) resolver.setServers(resolvers);
  if (localAddress !== null) {
    if (isIPv6(localAddress)) resolver.setLocalAddress(undefined, localAddress);
    else resolver.setLocalAddress(localAddress);
  }
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const [address] = await resolver.resolve4(name);
    if (address === undefined) throw new Error(`${name} has no address`);
    return address;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function send(
  { name, port, localAddress }: Where,
  address: string,
  { method, path, body }: What,
  signal: AbortSignal,
  reached: (phase: Phase) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: address,
      port,
      method,
      path,
      agent: false,
      signal,
      ...(localAddress !== null && { localAddress }),
      headers: {
        host: port === 80 ? name : `${name}:${port}`,
        'user-agent': 'lifeboat-watch',
        ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    request.on('error', reject);
    request.on('socket', (socket) => socket.once('connect', () => reached('waiting for the answer')));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MOST_BODY_BYTES) request.destroy(new Error(`an answer of more than ${MOST_BODY_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.end(body);
  });
}
