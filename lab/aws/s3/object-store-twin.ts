import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { XMLBuilder } from 'fast-xml-parser';
import { type Endpoint, RECOVERY, type Region, SWITCH_BUCKET } from '../../topology.ts';
import type { CallLog } from '../call-log.ts';
import { type CallFaultKind, CallFaults } from '../faults/call-faults.ts';
import { LOST_STATUS, lostReply } from '../faults/lost-reply.ts';
import { HttpListeners } from '../http-listeners.ts';
import { type Signature, signatureOf } from '../signature.ts';
import { objectAddress } from './object-address.ts';
import { ObjectFolder } from './object-folder.ts';
import { type ObjectOperation, type ObjectResponse, operationOf } from './object-operations.ts';
import { readRequestBody } from './request-body.ts';
import { accessDenied, noSuchBucket, S3Error } from './s3-error.ts';

type Buckets = Readonly<Partial<Record<Region, readonly string[]>>>;

interface ObjectStoreTwinOptions {
  /** Objects lie under `<dir>/<region>/<bucket>/`. */
  readonly dir: string;
  readonly log: CallLog;
  /** Shared with the other twins; absent: none. Anonymous reads, the health checks', are left alone. */
  readonly faults?: CallFaults;
  /** Which buckets each region has; by default the switch bucket in the recovery region. Names are unique, as in S3. */
  readonly buckets?: Buckets;
  /** Buckets whose objects anybody may read: health checkers do not sign. By default the switch bucket. */
  readonly publicBuckets?: readonly string[];
}

interface Exchange {
  readonly region: Region;
  readonly requestId: string;
  readonly signature: Signature | null;
  operation: ObjectOperation | null;
  target: string;
  fault: CallFaultKind | null;
}

const builder = new XMLBuilder();

/** The little of S3 that the lab needs, one endpoint per region, path style. Conditional writes are atomic. */
export class ObjectStoreTwin {
  readonly #log: CallLog;
  readonly #faults: CallFaults;
  readonly #publicBuckets: ReadonlySet<string>;
  readonly #regionOf = new Map<string, Region>();
  readonly #folders = new Map<string, ObjectFolder>();
  readonly #listeners = new HttpListeners();

  constructor(options: ObjectStoreTwinOptions) {
    this.#log = options.log;
    this.#faults = options.faults ?? new CallFaults();
    this.#publicBuckets = new Set(options.publicBuckets ?? [SWITCH_BUCKET]);
    for (const [region, buckets] of Object.entries(options.buckets ?? { [RECOVERY]: [SWITCH_BUCKET] })) {
      for (const bucket of buckets) {
        const folder = join(options.dir, region, bucket);
        this.#regionOf.set(bucket, region as Region);
        this.#folders.set(bucket, new ObjectFolder(folder, join(options.dir, region, '.incoming')));
      }
    }
  }

  listen(region: Region, at: Endpoint): Promise<void> {
    return this.#listeners.listen(at, (request, response) => this.#serve(region, request, response));
  }

  close(): Promise<void> {
    return this.#listeners.close();
  }

  async #serve(region: Region, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange: Exchange = {
      region,
      requestId: randomUUID(),
      signature: signatureOf(request.headers.authorization),
      operation: null,
      target: (request.url ?? '/').split('?', 1)[0]!,
      fault: null,
    };
    let answer: ObjectResponse;
    let error: string | null = null;
    try {
      answer = await this.#handle(exchange, request);
    } catch (caught) {
      const known = caught instanceof S3Error ? caught : new S3Error(500, 'InternalError', String(caught));
      error = known.code;
      answer = errorResponse(known, exchange);
    }
    // Whoever hung up while sending asked for nothing and hears nothing.
    if (!request.complete) return void response.destroy();
    const lost = exchange.fault === 'lost_reply';
    this.#record(exchange, request, lost ? LOST_STATUS : answer.status, lost ? lostReply(error) : error);
    if (lost) return void request.socket.resetAndDestroy();
    const bodiless = request.method === 'HEAD' || answer.status === 304 || answer.status === 204;
    response.writeHead(answer.status, {
      ...answer.headers,
      ...(bodiless ? {} : { 'content-length': Buffer.byteLength(answer.body) }),
      'x-amz-request-id': exchange.requestId,
      'x-amz-bucket-region': region,
      server: 'lifeboat-lab',
    });
    response.end(bodiless ? undefined : answer.body);
  }

  async #handle(exchange: Exchange, request: IncomingMessage): Promise<ObjectResponse> {
    // Read to the end first, even what will be refused: a client in the middle of sending would see a reset otherwise.
    const body = await readRequestBody(request);
    const [path = '/', queryText = ''] = (request.url ?? '/').split('?', 2);
    const query = new URLSearchParams(queryText);
    const address = objectAddress(path);
    const operation = operationOf(request.method ?? '', address, query);
    exchange.operation = operation;
    exchange.target = address.key === '' ? address.bucket : `${address.bucket}/${address.key}`;
    this.#authorise(exchange, request, address.bucket, address.key);
    if (exchange.signature) {
      exchange.fault = this.#faults.take({ service: 's3', operation: operation.name, region: exchange.region });
    }
    if (exchange.fault === 'throttle') throw new S3Error(503, 'SlowDown', 'Please reduce your request rate.');
    if (exchange.fault === 'server_error') throw new S3Error(500, 'InternalError', 'The service failed inside.');
    if (address.bucket === '') throw new S3Error(501, 'NotImplemented', 'The lab does not list buckets.');
    const home = this.#regionOf.get(address.bucket);
    if (home === undefined) throw noSuchBucket(address.bucket);
    if (home !== exchange.region) {
      throw new S3Error(
        301,
        'PermanentRedirect',
        'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
        { Bucket: address.bucket, Region: home },
      );
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    return operation.handle(this.#folders.get(address.bucket)!, { address, headers, query, body });
  }

  #authorise({ signature, region }: Exchange, request: IncomingMessage, bucket: string, key: string): void {
    if (request.headers.authorization === undefined) {
      const reads = request.method === 'GET' || request.method === 'HEAD';
      if (reads && key !== '' && this.#publicBuckets.has(bucket)) return;
      throw accessDenied();
    }
    if (!signature) {
      throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The authorization header you provided is invalid.');
    }
    if (signature.service !== 's3') {
      throw new S3Error(
        400,
        'AuthorizationHeaderMalformed',
        `The authorization header is malformed; incorrect service "${signature.service}". This endpoint belongs to "s3".`,
      );
    }
    if (signature.region !== region) {
      throw new S3Error(
        400,
        'AuthorizationHeaderMalformed',
        `The authorization header is malformed; the region '${signature.region}' is wrong; expecting '${region}'`,
        { Region: region },
      );
    }
    if (request.headers['x-amz-content-sha256'] === undefined) {
      throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
    }
  }

  /** Health checkers read the switch every second: what nobody signed and everybody may is not logged. */
  #record(exchange: Exchange, request: IncomingMessage, status: number, error: string | null): void {
    if (request.headers.authorization === undefined && error !== 'AccessDenied') return;
    const { region, requestId, signature, operation, target } = exchange;
    this.#log.append({
      at: new Date().toISOString(),
      region,
      service: 's3',
      operation: operation?.name ?? `${request.method}`,
      mutating: operation?.mutating ?? (request.method !== 'GET' && request.method !== 'HEAD'),
      principal: signature?.accessKeyId ?? 'anonymous',
      requestId,
      status,
      error,
      target,
    });
  }
}

function errorResponse(error: S3Error, { requestId, target }: Exchange): ObjectResponse {
  const xml = builder.build({
    Error: {
      Code: error.code,
      Message: error.message,
      ...error.details,
      Resource: `/${target.replace(/^\//, '')}`,
      RequestId: requestId,
      HostId: 'lab',
    },
  });
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
  };
}
