import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

const DEADLINE_MS = 2_000;

export interface PassedOn {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
  /** No connection came about, so the pod saw nothing: another may be tried. */
  | { readonly kind: 'not sent'; readonly error: string }
  /** The pod may have acted: nobody may send it again. */
  | { readonly kind: 'unknown'; readonly error: string };

/** Sends a request to one pod over a connection of its own and waits for the whole answer, at most 2 s. */
export function passOn(
  sent: PassedOn,
  to: { readonly host: string; readonly port: number; readonly localAddress: string },
): Promise<Outcome> {
  const { method, path, body } = sent;
  const { connection: _hop, 'transfer-encoding': _encoding, ...kept } = sent.headers;
  const headers = { ...kept, 'content-length': String(body.length) };
  return new Promise((resolve) => {
    let connected = false;
    const upstream = request({ ...to, method, path, headers, agent: false });
    const deadline = setTimeout(
      () => upstream.destroy(new Error(`no answer within ${DEADLINE_MS} ms, outcome unknown`)),
      DEADLINE_MS,
    );
    const fail = ({ message }: Error) =>
      resolve(connected ? { kind: 'unknown', error: message } : { kind: 'not sent', error: message });
    upstream.once('socket', (socket) =>
      socket.once('connect', () => {
        connected = true;
      }),
    );
    upstream.on('error', fail);
    upstream.once('response', (response: IncomingMessage) => {
      const answered = { kind: 'answered' as const, status: response.statusCode ?? 502, headers: response.headers };
      buffer(response).then((bytes) => resolve({ ...answered, body: bytes }), fail);
    });
    upstream.once('close', () => clearTimeout(deadline));
    upstream.end(body);
  });
}
