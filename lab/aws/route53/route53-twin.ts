import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HealthChecks } from '../../dns/health-checks.ts';
import type { Zone } from '../../dns/zone.ts';
import type { Durations, Endpoint } from '../../topology.ts';
import type { CallLog } from '../call-log.ts';
import { CallFaults } from '../faults/call-faults.ts';
import { LOST_STATUS, lostReply } from '../faults/lost-reply.ts';
import { HttpListeners } from '../http-listeners.ts';
import { type Signature, signatureOf } from '../signature.ts';
import { changeResourceRecordSets, getChange } from './change-records.ts';
import { getHealthCheck, getHealthCheckStatus, listHealthChecks } from './health-check-operations.ts';
import { getHostedZone, listHostedZones, listHostedZonesByName } from './hosted-zones.ts';
import type { ControlPlane, Operation, OperationResult } from './operation.ts';
import { listResourceRecordSets } from './record-listing.ts';
import { Route53Error } from './route53-error.ts';
import { SubmittedChanges } from './submitted-changes.ts';
import { writeXml } from './xml.ts';

const VERSION = '2013-04-01';
const BODY_LIMIT_BYTES = 1_000_000;
/** Route 53 has one control plane, whatever region a client names. */
const HOME_REGION = 'us-east-1';

const OPERATIONS: readonly Operation[] = [
  listHostedZones,
  listHostedZonesByName,
  getHostedZone,
  listResourceRecordSets,
  changeResourceRecordSets,
  getChange,
  listHealthChecks,
  getHealthCheck,
  getHealthCheckStatus,
];

interface Route {
  readonly operation: Operation;
  readonly id: string;
}

/** Which operation a request line names; a final slash is allowed, the aws CLI sends one. */
function routeOf(method: string, path: string): Route | null {
  const [version, ...parts] = path.split('/').filter((part) => part !== '');
  if (version !== VERSION) return null;
  for (const operation of OPERATIONS) {
    const wanted = operation.path.split('/');
    const fits = wanted.length === parts.length && wanted.every((part, at) => part === '{id}' || part === parts[at]);
    if (operation.method === method && fits) return { operation, id: parts[wanted.indexOf('{id}')] ?? '' };
  }
  return null;
}

function requireSignature(signature: Signature | null, header: string | undefined): Signature {
  if (header === undefined) {
    throw new Route53Error(403, 'MissingAuthenticationToken', 'Missing Authentication Token');
  }
  if (!signature) {
    throw new Route53Error(400, 'IncompleteSignature', 'Authorization header is not a Signature Version 4 one.');
  }
  if (signature.service !== 'route53') {
    throw new Route53Error(
      403,
      'SignatureDoesNotMatch',
      `Credential should be scoped to correct service: 'route53', not '${signature.service}'.`,
    );
  }
  return signature;
}

interface Route53TwinOptions {
  readonly zone: Zone;
  readonly checks: HealthChecks;
  readonly durations: () => Durations;
  readonly log: CallLog;
  /** Shared with the other twins; absent: none. */
  readonly faults?: CallFaults;
}

/**
 * Route 53's control plane over one zone: REST and XML as the SDK and the aws CLI speak them. Any region may stand in the
 * signature's scope, because with an endpoint override both clients sign with their own.
 */
export class Route53Twin {
  readonly #plane: ControlPlane;
  readonly #log: CallLog;
  readonly #faults: CallFaults;
  readonly #listeners = new HttpListeners();

  constructor({ zone, checks, durations, log, faults }: Route53TwinOptions) {
    this.#plane = { zone, checks, durations, changes: new SubmittedChanges(durations) };
    this.#log = log;
    this.#faults = faults ?? new CallFaults();
  }

  listen(at: Endpoint): Promise<void> {
    return this.#listeners.listen(at, (request, response) => this.#serve(request, response));
  }

  close(): Promise<void> {
    return this.#listeners.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const requestId = randomUUID();
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const route = routeOf(request.method ?? '', path);
    const signature = signatureOf(request.headers.authorization);
    const operation = route?.operation.name ?? `${request.method} ${path}`;
    const fault = this.#faults.take({ service: 'route53', operation, region: HOME_REGION });
    const lost = fault === 'lost_reply';
    let status = 200;
    let error: string | null = null;
    let target: string | null = route?.id || null;
    let xml: string;
    try {
      requireSignature(signature, request.headers.authorization);
      if (body === null) throw new Route53Error(413, 'RequestEntityTooLarge', `More than ${BODY_LIMIT_BYTES} bytes.`);
      if (!route) throw new Route53Error(404, 'InvalidAction', `The lab has no ${request.method} ${path}.`);
      if (fault === 'throttle') throw new Route53Error(400, 'Throttling', 'Rate exceeded');
      if (fault === 'server_error') throw new Route53Error(500, 'InternalFailure', 'The service failed inside.');
      const result = this.#handle(route, query, body);
      target = result.target ?? target;
      xml = writeXml(`${route.operation.name}Response`, result.body);
    } catch (caught) {
      const known = caught instanceof Route53Error ? caught : new Route53Error(500, 'InternalFailure', String(caught));
      status = known.status;
      error = known.code;
      const Type = known.status < 500 ? 'Sender' : 'Receiver';
      xml = writeXml('ErrorResponse', {
        Error: { Type, Code: known.code, Message: known.message },
        RequestId: requestId,
      });
    }
    this.#log.append({
      at: new Date().toISOString(),
      region: HOME_REGION,
      service: 'route53',
      operation,
      mutating: route?.operation.mutating ?? request.method !== 'GET',
      principal: signature?.accessKeyId ?? 'anonymous',
      requestId,
      status: lost ? LOST_STATUS : status,
      error: lost ? lostReply(error) : error,
      target,
    });
    if (lost) return void request.socket.resetAndDestroy();
    response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }).end(xml);
  }

  #handle({ operation, id }: Route, query: string, body: string): OperationResult {
    return operation.handle(this.#plane, { id, query: new URLSearchParams(query), body });
  }
}

/** The whole body as text, or `null` when it is larger than any request of this API. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  return size <= BODY_LIMIT_BYTES ? Buffer.concat(chunks).toString('utf8') : null;
}
