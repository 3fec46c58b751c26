import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Endpoint } from '../topology.ts';

/** Where notifications go in the lab: takes every POST and keeps what arrived, one JSON line each. */
export class WebhookReceiver {
  readonly path: string;
  readonly #server: Server;

  /** @param options.path file of lines `{ at, path, body }`; `body` is parsed where it is JSON. */
  constructor(options: { path: string }) {
    this.path = options.path;
    this.#server = createServer(async (request, response) => {
      const body = await text(request).catch(() => null);
      if (body === null) return;
      if (request.method !== 'POST') {
        response.writeHead(405, { allow: 'POST' }).end();
        return;
      }
      const line = { at: new Date().toISOString(), path: request.url ?? '/', body: jsonOrText(body) };
      appendFileSync(this.path, `${JSON.stringify(line)}\n`);
      response.writeHead(204).end();
    });
  }

  async listen(at: Endpoint): Promise<void> {
    this.#server.listen(at.port, at.host);
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
