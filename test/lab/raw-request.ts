import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Endpoint } from '../../lab/topology.ts';

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** A request as it stands, without a client that would tidy it up. */
export async function rawRequest(
  { host, port }: Endpoint,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): Promise<RawAnswer> {
  const request = httpRequest({ host, port, method, path, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, body: text, headers: response.headers };
}
