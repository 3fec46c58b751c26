import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint, Region } from '../../topology.ts';
import type { CallLog } from '../call-log.ts';
import { type CallFaultKind, CallFaults } from '../faults/call-faults.ts';
import { LOST_STATUS, lostReply } from '../faults/lost-reply.ts';
import { HttpListeners } from '../http-listeners.ts';
import { requestBody } from '../request-body.ts';
import { signatureOf } from '../signature.ts';
import { describeKey } from './describe-key.ts';
import { Keys } from './keys.ts';
import { KmsError } from './kms-error.ts';

const SERVICE = 'TrentService';

interface KmsTwinOptions {
  readonly log: CallLog;
  /** The same that the RDS twin encrypts with; absent: keys of its own. */
  readonly keys?: Keys;
  readonly faults?: CallFaults;
}

interface Answer {
  readonly status: number;
  readonly error: string | null;
  readonly body: object;
}

/** The little of KMS that a plan asks: what a key is and whether it can be used. AWS JSON 1.1, one endpoint per region. */
export class KmsTwin {
  readonly keys: Keys;
  readonly #log: CallLog;
  readonly #faults: CallFaults;
  readonly #listeners = new HttpListeners();

  constructor(options: KmsTwinOptions) {
    this.#log = options.log;
    this.keys = options.keys ?? new Keys();
    this.#faults = options.faults ?? new CallFaults();
  }

  listen(region: Region, at: Endpoint): Promise<void> {
    return this.#listeners.listen(at, (request, response) => this.#serve(region, request, response));
  }

  close(): Promise<void> {
    return this.#listeners.close();
  }

  async #serve(region: Region, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const body = await requestBody(request);
    const operation = operationOf(request);
    const fault = this.#faults.take({ service: 'kms', operation, region });
    const answer = this.#answer(region, request, operation, body, fault);
    const lost = fault === 'lost_reply';
    this.#log.append({
      at: new Date().toISOString(),
      region,
      service: 'kms',
      operation: operation || 'unknown',
      mutating: !/^(Describe|List|Get)/.test(operation),
      principal: signatureOf(request.headers.authorization)?.accessKeyId ?? 'unsigned',
      requestId,
      status: lost ? LOST_STATUS : answer.status,
      error: lost ? lostReply(answer.error) : answer.error,
      target: keyNamed(body),
    });
    if (lost) return void request.socket.resetAndDestroy();
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId });
    response.end(JSON.stringify(answer.body));
  }

  #answer(
    region: Region,
    request: IncomingMessage,
    operation: string,
    body: string,
    fault: CallFaultKind | null,
  ): Answer {
    try {
      checkSignature(request.headers.authorization, region);
      if (fault === 'throttle') throw new KmsError('ThrottlingException', 'Rate exceeded');
      if (fault === 'server_error') throw new KmsError('KMSInternalException', 'Internal failure', 500);
      if (operation !== 'DescribeKey') throw new KmsError('UnknownOperationException', `The lab has no ${operation}.`);
      return { status: 200, error: null, body: describeKey(this.keys, region, parsed(body)) };
    } catch (caught) {
      const known = caught instanceof KmsError ? caught : new KmsError('KMSInternalException', String(caught), 500);
      return { status: known.status, error: known.type, body: { __type: known.type, message: known.message } };
    }
  }
}

function operationOf(request: IncomingMessage): string {
  const [service, operation] = String(request.headers['x-amz-target'] ?? '').split('.');
  return service === SERVICE ? (operation ?? '') : '';
}

function checkSignature(authorization: string | undefined, region: Region): void {
  if (authorization === undefined) {
    throw new KmsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const signature = signatureOf(authorization);
  if (!signature) throw new KmsError('IncompleteSignatureException', 'Authorization header is not a complete one.');
  if (signature.service !== 'kms' || signature.region !== region) {
    const scope = `${signature.region}/${signature.service}`;
    throw new KmsError('InvalidSignatureException', `Credential should be scoped to ${region}/kms, not ${scope}.`);
  }
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below: what is no JSON and what is no object are refused alike.
  }
  throw new KmsError('SerializationException', 'The request body is no JSON object.');
}

function keyNamed(body: string): string | null {
  try {
    return String(parsed(body)['KeyId'] ?? '') || null;
  } catch {
    return null;
  }
}
