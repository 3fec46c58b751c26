import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { LifeboatError, shapeOf } from '../../domain/errors.ts';
import { parseFault } from './fault.ts';
import type { Lab } from './lab.ts';
import { PART_ORDERS } from './part.ts';
import type { LabStatus } from './status.ts';

export interface Controlled {
  readonly lab: Lab;
  readonly status: () => LabStatus;
  readonly goDown: () => void;
}

const PART_PATH = /^\/parts\/([^/]+)\/([a-z]+)$/;

/**
 * How the `lab` command and the tests steer a lab: HTTP and JSON on 127.0.0.1, on the port that was held as the claim
 * on the lab's ports.
 */
export function serveControl(held: Server, controlled: Controlled): void {
  const server = createServer((request, response) => {
    answer(controlled, request)
      .then((body) => reply(response, 200, body))
      .catch((caught: unknown) => reply(response, 409, { error: shapeOf(caught) }));
  });
  held.removeAllListeners('connection');
  held.on('connection', (socket) => server.emit('connection', socket));
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function answer(controlled: Controlled, request: IncomingMessage): Promise<unknown> {
  const { lab, status, goDown } = controlled;
  const path = (request.url ?? '/').split('?')[0]!;
  const body = await text(request);
  // A page in a browser can send a form to a port of this machine, but not this content type.
  if (request.method !== 'GET' && request.headers['content-type'] !== 'application/json') {
    throw unknownOrder(request, 'content-type: application/json');
  }
  const part = PART_PATH.exec(path);
  switch (`${request.method} ${path}`) {
    case 'GET /status':
      return status();
    case 'POST /fault':
      return up(lab.faults).bring(parseFault(JSON.parse(body || '{}')));
    case 'POST /heal':
      return up(lab.faults).heal();
    case 'POST /autopsy':
      return up(lab.autopsy).begin();
    case 'DELETE /autopsy':
      await up(lab.autopsy).close();
      return {};
    case 'POST /down':
      goDown();
      return {};
  }
  const order = PART_ORDERS.find((known) => known === part?.[2]);
  if (request.method !== 'POST' || !part || !order) throw unknownOrder(request, 'an order of the lab');
  const target = lab.context.parts.get(decodeURIComponent(part[1]!), order);
  await target[order]?.();
  return lab.context.parts.status().find((each) => each.name === target.name);
}

function up<T>(thing: T | null): T {
  if (thing) return thing;
  throw new LifeboatError('DR_LAB_NOT_RUNNING', 'The lab is still starting, or it is going down.', {
    field: 'state',
    expected: 'up',
    remedy: 'Wait until npm run lab -- status says up.',
  });
}

const unknownOrder = (request: IncomingMessage, expected: string): LifeboatError =>
  new LifeboatError('DR_LAB_PART_UNKNOWN', `${request.method} ${request.url}: expected ${expected}.`, {
    field: 'request',
    expected,
  });
