import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decode, encode } from 'dns-packet';
import { onTestFinished } from 'vitest';

export type Manner = 'answer' | 'hang' | 'refuse' | 'unavailable' | 'wrong_booking' | 'forget';

export interface Received {
  readonly id: string;
  readonly number: number;
  readonly body: Record<string, unknown>;
  readonly host: string | undefined;
  readonly from: string | undefined;
  readonly connection: number;
}

/** A stand-in for the booking service and for the resolver that names it, on loopback. */
export async function bookingService() {
  const received: Received[] = [];
  const service = {
    manner: 'answer' as Manner,
    /** Bookings that were answered, well or not. */
    received,
    /** How many requests came in, whatever became of them. */
    asked: 0,
    queries: 0,
    address: '127.0.0.1',
    port: 0,
    resolver: '',
  };
  let connections = 0;
  const numbers = new WeakMap<object, number>();

  const server = createServer(async (request, response) => {
    service.asked += 1;
    let text = '';
    for await (const chunk of request) text += chunk;
    // Decided here, not when the request began: nothing is received any more once a test has changed the manner.
    if (service.manner === 'hang') return;
    if (service.manner === 'refuse') return request.socket.destroy();
    if (request.method === 'GET') return newest(request, response);
    const body = JSON.parse(text);
    received.push({
      id: body.id,
      number: body.number,
      body,
      host: request.headers.host,
      from: request.socket.remoteAddress,
      connection: numbers.get(request.socket)!,
    });
    const status = service.manner === 'unavailable' ? 503 : 201;
    response.writeHead(status, { 'content-type': 'application/json', 'x-served-by': 'eu-west-1', 'x-epoch': '41' });
    if (status === 503) response.end(JSON.stringify({ error: 'this region does not hold the write lease' }));
    else {
      const id = service.manner === 'wrong_booking' ? 'another' : body.id;
      response.end(JSON.stringify({ id, region: 'eu-west-1', epoch: 41 }));
    }
  });
  server.on('connection', (socket) => {
    connections += 1;
    numbers.set(socket, connections);
  });
  function newest(_request: IncomingMessage, response: ServerResponse): void {
    const last = received.at(service.manner === 'forget' ? 0 : -1);
    response.end(JSON.stringify({ id: last?.id, number: last?.number, region: 'eu-west-1' }));
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  service.port = (server.address() as AddressInfo).port;

  const socket = createSocket('udp4');
  socket.on('message', (message, peer) => {
    service.queries += 1;
    const query = decode(message);
    const name = query.questions![0]!.name;
    const answers =
      service.address === ''
        ? []
        : [{ type: 'A' as const, name, ttl: 300, class: 'IN' as const, data: service.address }];
    socket.send(
      encode({ type: 'response', id: query.id!, questions: query.questions!, answers }),
      peer.port,
      peer.address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  service.resolver = `127.0.0.1:${socket.address().port}`;

  onTestFinished(async () => {
    socket.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return service;
}
