import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Endpoint } from '../../topology.ts';
import type { CallLog } from '../call-log.ts';
import type { CallFaultKind, CallFaultRule, CallFaults } from '../faults/call-faults.ts';
import { LOST_STATUS, lostReply } from '../faults/lost-reply.ts';
import { HttpListeners } from '../http-listeners.ts';
import { requestBody } from '../request-body.ts';
import { signatureOf } from '../signature.ts';
import { QueryFault } from './query-fault.ts';
import { QueryParameters } from './query-parameters.ts';
import { checkedSignature } from './query-signature.ts';
import { errorXml, type ItemNames, responseXml, type XmlObject } from './query-xml.ts';

/** One service as one region's endpoint serves it over the AWS Query protocol. */
interface QueryService {
  /** As in a credential scope: `rds`. */
  readonly name: CallFaultRule['service'];
  readonly region: string;
  readonly namespace: string;
  readonly itemNames: ItemNames;
  perform(operation: string, parameters: QueryParameters): Promise<XmlObject>;
  /** The resource a request names, for the call log. */
  targetOf(parameters: QueryParameters): string | null;
}

interface Answer {
  readonly status: number;
  readonly xml: string;
  readonly error: string | null;
}

/** An HTTP listener for one service in one region. Every request that arrives whole is in the call log before its answer leaves. */
export class QueryEndpoint {
  readonly #service: QueryService;
  readonly #log: CallLog;
  readonly #say: (line: string) => void;
  readonly #faults: CallFaults;
  readonly #listeners = new HttpListeners();

  constructor(service: QueryService, log: CallLog, say: (line: string) => void, faults: CallFaults) {
    this.#service = service;
    this.#log = log;
    this.#say = say;
    this.#faults = faults;
  }

  listen(at: Endpoint): Promise<void> {
    return this.#listeners.listen(at, (request, response) => this.#serve(request, response));
  }

  close(): Promise<void> {
    return this.#listeners.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new Date().toISOString();
    const requestId = randomUUID();
    const url = new URL(request.url ?? '/', 'http://endpoint');
    const parameters = QueryParameters.parse(await requestBody(request), url.search);
    const operation = parameters.text('Action') ?? '';
    const fault = this.#faults.take({ service: this.#service.name, operation, region: this.#service.region });
    const answer = await this.#answer(request, operation, parameters, requestId, fault);
    const lost = fault === 'lost_reply';
    this.#log.append({
      at,
      region: this.#service.region,
      service: this.#service.name,
      operation: operation || 'unknown',
      mutating: operation !== '' && !/^(Describe|List)/.test(operation),
      principal: signatureOf(request.headers.authorization)?.accessKeyId ?? 'unsigned',
      requestId,
      status: lost ? LOST_STATUS : answer.status,
      error: lost ? lostReply(answer.error) : answer.error,
      target: this.#service.targetOf(parameters),
    });
    if (lost) return void request.socket.resetAndDestroy();
    response.writeHead(answer.status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
    response.end(answer.xml);
  }

  async #answer(
    request: IncomingMessage,
    operation: string,
    parameters: QueryParameters,
    requestId: string,
    fault: CallFaultKind | null,
  ): Promise<Answer> {
    const { name, region, namespace, itemNames } = this.#service;
    try {
      checkedSignature(request.headers.authorization, name, region);
      if (fault === 'throttle') throw new QueryFault('ThrottlingException', 'Rate exceeded');
      if (fault === 'server_error') throw new QueryFault('InternalFailure', 'The service failed inside.', 500);
      if (operation === '') throw new QueryFault('MissingAction', 'The request must contain the parameter Action.');
      const result = await this.#service.perform(operation, parameters);
      return { status: 200, xml: responseXml(operation, result, requestId, namespace, itemNames), error: null };
    } catch (caught) {
      const fault = caught instanceof QueryFault ? caught : this.#internal(operation, caught);
      return { status: fault.status, xml: errorXml(fault, requestId, namespace), error: fault.code };
    }
  }

  #internal(operation: string, caught: unknown): QueryFault {
    this.#say(`${this.#service.name} ${this.#service.region}: ${operation} failed inside the twin: ${String(caught)}`);
    return new QueryFault('InternalFailure', `The twin failed inside ${operation}: ${String(caught)}`, 500);
  }
}
