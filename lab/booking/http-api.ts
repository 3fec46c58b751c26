import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseBookingRequest } from './booking-request.ts';
import type { BookingService } from './booking-service.ts';

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** One request as the log keeps it: never what was booked. */
export interface ServedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly error?: string;
}

const BOOKING_PATH = /^\/bookings\/([^/]+)$/;

/** The service's HTTP face. The caller listens. */
export function httpApi(service: BookingService, log: (request: ServedRequest) => void): Server {
  return createServer(async (request, response) => {
    const begun = performance.now();
    const url = new URL(request.url ?? '/', 'http://booking');
    const { status, body } = await answer(service, request, url).catch(failed);
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-served-by': service.region,
      'x-epoch': String(service.epoch),
    });
    response.end(JSON.stringify(body));
    log({
      method: request.method ?? '',
      route: url.pathname.replace(BOOKING_PATH, '/bookings/{id}'),
      status,
      milliseconds: Math.round(performance.now() - begun),
      ...('error' in body ? { error: String(body.error) } : {}),
    });
  });
}

async function answer(service: BookingService, request: IncomingMessage, url: URL): Promise<Answer> {
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /healthz':
      return { status: 200, body: { pid: process.pid } };
    case 'GET /readyz': {
      const ready = await service.ready();
      return { status: ready ? 200 : 503, body: { ready, epoch: service.epoch } };
    }
    case 'POST /bookings':
      return book(service, await text(request));
    case 'GET /bookings/newest':
      return newest(service, url.searchParams);
    case 'POST /lab/freeze-next-commit':
      service.freeze.arm();
      return { status: 202, body: { armed: true, pid: process.pid } };
  }
  const id = BOOKING_PATH.exec(url.pathname)?.[1];
  if (request.method === 'GET' && id !== undefined) return found(await service.read(decodeURIComponent(id)));
  return { status: 404, body: { error: `no ${request.method} ${url.pathname} here` } };
}

async function book(service: BookingService, body: string): Promise<Answer> {
  const request = parseBookingRequest(body);
  if ('wrong' in request) return { status: 400, body: { error: request.wrong } };
  if (service.fenced) return { status: 503, body: { error: 'this region does not hold the write lease' } };
  const { created, booked } = await service.book(request);
  return { status: created ? 201 : 200, body: booked };
}

async function newest(service: BookingService, query: URLSearchParams): Promise<Answer> {
  const practitioner = query.get('practitioner');
  if (practitioner === null) return { status: 400, body: { error: 'practitioner must be given' } };
  return found(await service.newest(practitioner, query.get('vantage')));
}

const found = (body: object | null): Answer =>
  body === null ? { status: 404, body: { error: 'no such booking' } } : { status: 200, body };

/** Refused by the lease or the database, or not answered in time: for a client all of them are “not now”. */
const failed = (error: unknown): Answer => ({
  status: 503,
  body: { error: error instanceof Error ? error.message : String(error) },
});
