import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { passOn } from './pass-on.ts';
import { PodList } from './pod-list.ts';
import type { FrontDoorSettings } from './settings.ts';

/** Headers of a pod's answer that a client gets to see. */
const PASSED_BACK = ['content-type', 'x-served-by', 'x-epoch'] as const;

/** The region's front door: shares requests out over the pods that are ready. */
export class FrontDoor {
  readonly server: Server;
  readonly #settings: FrontDoorSettings;
  readonly #pods: PodList;

  constructor(settings: FrontDoorSettings) {
    this.#settings = settings;
    this.#pods = new PodList(settings);
    this.server = createServer((request, response) => {
      // A client that went away has nobody to be told.
      response.on('error', () => undefined);
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  start(): void {
    const { host, port } = this.#settings;
    this.server.listen(port, host, () => this.#pods.start());
  }

  async stop(): Promise<void> {
    this.#pods.stop();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeIdleConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path === '/healthz') return answer(response, 200, { region: this.#settings.region });
    if (path === '/readyz') return this.#readiness(response);
    // Faults are set at the pod itself, never through the public name.
    if (path.startsWith('/lab/')) return answer(response, 404, { error: `no ${path} here` });
    return this.#share({ request, path, body: await buffer(request) }, response);
  }

  async #share(
    { request, path, body }: { request: IncomingMessage; path: string; body: Buffer },
    response: ServerResponse,
  ): Promise<void> {
    const { pods, localAddress } = this.#settings;
    const sent = { method: request.method ?? 'GET', path, headers: request.headers, body };
    for (const pod of this.#pods.inTurn()) {
      const outcome = await passOn(sent, { host: pods.host, port: pod.port, localAddress });
      if (outcome.kind === 'answered') {
        const passed = PASSED_BACK.map((name) => [name, outcome.headers[name]] as const);
        response.writeHead(outcome.status, Object.fromEntries(passed.filter(([, value]) => value !== undefined)));
        response.end(outcome.body);
        return;
      }
      if (outcome.kind === 'unknown') return answer(response, 502, { error: outcome.error });
      this.#pods.eject(pod);
    }
    return answer(response, 503, { error: `no pod of ${this.#settings.region} is ready` });
  }

  #readiness(response: ServerResponse): void {
    const ready = this.#pods.ready.length;
    answer(response, ready > 0 ? 200 : 503, { region: this.#settings.region, ready });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
