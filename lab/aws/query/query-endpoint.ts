import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Endpoint } from '../../topology.ts';
import type { CallLog } from '../call-log.ts';
import { signatureOf } from '../signature.ts';
import { QueryFault } from './query-fault.ts';
import { QueryParameters } from './query-parameters.ts';
import { checkedSignature } from './query-signature.ts';
import { errorXml, type ItemNames, responseXml, type XmlObject } from './query-xml.ts';

/** One service as one region's endpoint serves it over the AWS Query protocol. */
interface QueryService {
  /** As in a credential scope: `rds`. */
  readonly name: string;
  readonly region: string;
  readonly namespace: string;
  readonly itemNames: ItemNames;
  perform(operation: string, parameters: QueryParameters): Promise<XmlObject>;
  /** The resource a request names, for the call log. */
  targetOf(parameters: QueryParameters): string | null;
}

const BODY_LIMIT_BYTES = 1024 * 1024;
const BODY_DEADLINE_MS = 10_000;

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
  readonly #server: Server;

  constructor(service: QueryService, log: CallLog, say: (line: string) => void) {
    this.#service = service;
    this.#log = log;
    this.#say = say;
    this.#server = createServer({ requestTimeout: BODY_DEADLINE_MS }, (request, response) => {
      // A client that hangs up mid-request has nobody left to answer.
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  listen(at: Endpoint): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(at.port, at.host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = new Date().toISOString();
    const requestId = randomUUID();
    const url = new URL(request.url ?? '/', 'http://endpoint');
    const parameters = QueryParameters.parse(await bodyOf(request), url.search);
    const operation = parameters.text('Action') ?? '';
    const answer = await this.#answer(request, operation, parameters, requestId);
    this.#log.append({
      at,
      region: this.#service.region,
      service: this.#service.name,
      operation: operation || 'unknown',
      mutating: operation !== '' && !/^(Describe|List)/.test(operation),
      principal: signatureOf(request.headers.authorization)?.accessKeyId ?? 'unsigned',
      requestId,
      status: answer.status,
      error: answer.error,
      target: this.#service.targetOf(parameters),
    });
    response.writeHead(answer.status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
    response.end(answer.xml);
  }

  async #answer(
    request: IncomingMessage,
    operation: string,
    parameters: QueryParameters,
    requestId: string,
  ): Promise<Answer> {
    const { name, region, namespace, itemNames } = this.#service;
    try {
      checkedSignature(request.headers.authorization, name, region);
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

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new Error(`request body is larger than ${BODY_LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
