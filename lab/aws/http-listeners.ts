import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Endpoint } from '../topology.ts';

/** Longer than clients keep a connection: one that is closed just as a call goes out is an unknown outcome. */
const KEEP_ALIVE_MS = 120_000;
/** A request that is not there in whole by then never will be. */
const REQUEST_MS = 10_000;

/** The addresses at which one twin serves. */
export class HttpListeners {
  readonly #servers: Server[] = [];

  /** Takes requests as soon as this resolves; whoever cannot be served is hung up on. */
  async listen(
    at: Endpoint,
    serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Promise<void> {
    const server = createServer(
      { requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS },
      (request, response) => {
        // A client that hangs up in the middle has nobody left to answer.
        serve(request, response).catch(() => response.destroy());
      },
    );
    server.listen(at.port, at.host);
    await once(server, 'listening');
    this.#servers.push(server);
  }

  /** Hangs up on whoever is still connected. */
  async close(): Promise<void> {
    await Promise.all(
      this.#servers.splice(0).map((server) => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        return closed;
      }),
    );
  }
}
