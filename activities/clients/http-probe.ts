import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { HttpAnswer } from './clients.ts';

const LONGEST_BODY = 64 * 1024;

/** One request on a connection of its own to a pinned address; kept-alive sockets to a dead region lie. */
export function probeHttp(probe: {
  readonly address: string;
  readonly port: number;
  /** Speaks TLS; the certificate must be one for `host`. */
  readonly tls?: boolean;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly host: string;
  readonly timeoutMs: number;
  readonly localAddress?: string | undefined;
  readonly body?: string;
}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = probe.tls ? tlsRequest : plainRequest;
    const outgoing = request(
      {
        host: probe.address,
        port: probe.port,
        method: probe.method,
        path: probe.path,
        headers: {
          host: probe.host,
          connection: 'close',
          ...(probe.body ? { 'content-type': 'application/json' } : {}),
        },
        agent: false,
        signal: AbortSignal.timeout(probe.timeoutMs),
        ...(probe.localAddress === undefined ? {} : { localAddress: probe.localAddress }),
      },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          if (body.length < LONGEST_BODY) body += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: flat(answer.headers), body }));
        answer.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(probe.body);
  });
}

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
