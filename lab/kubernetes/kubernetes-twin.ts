import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CallLog } from '../aws/call-log.ts';
import { HttpListeners } from '../aws/http-listeners.ts';
import { type Endpoint, NAMESPACE, type Region } from '../topology.ts';
import { Deployment, type PodController } from './deployment.ts';
import { patchedReplicas, replacedReplicas } from './scale-change.ts';
import { deploymentNotFound, methodNotAllowed, pathNotFound, StatusFailure, unauthorized } from './status-failure.ts';

export type { PodController } from './deployment.ts';

const PATH = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/deployments(?:\/([^/]+)(\/scale)?)?$/;
const DEPLOYMENT = 'booking';

/** What a request asks for, by the name the call log gives it. */
interface Asked {
  readonly operation: string;
  readonly target: string | null;
}

/**
 * The Kubernetes API of each region's cluster, as far as scaling needs it: deployments read and listed, the scale
 * subresource read, patched and replaced. Behind it run real processes.
 */
export class KubernetesTwin {
  readonly #pods: PodController;
  readonly #log: CallLog;
  readonly #token: string;
  readonly #listeners = new HttpListeners();

  /** @param options.token the bearer token accepted; it is its user's name, which the call log gives as principal. */
  constructor(options: { pods: PodController; log: CallLog; token: string }) {
    this.#pods = options.pods;
    this.#log = options.log;
    this.#token = options.token;
  }

  listen(region: Region, at: Endpoint): Promise<void> {
    const deployment = new Deployment({ name: DEPLOYMENT, namespace: NAMESPACE, region, pods: this.#pods });
    return this.#listeners.listen(at, async (request, response) => {
      const { status, body, requestId } = await this.#answer(region, deployment, request);
      response.writeHead(status, { 'content-type': 'application/json', 'audit-id': requestId });
      response.end(JSON.stringify(body));
    });
  }

  close(): Promise<void> {
    return this.#listeners.close();
  }

  async #answer(
    region: Region,
    deployment: Deployment,
    request: IncomingMessage,
  ): Promise<{ status: number; body: object; requestId: string }> {
    const url = new URL(request.url ?? '/', 'http://kubernetes');
    const user = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const dryRun = url.searchParams.get('dryRun') === 'All';
    const requestId = randomUUID();
    let status = 200;
    let answer: object;
    let error: string | null = null;
    try {
      const body = await text(request);
      if (user !== this.#token) throw unauthorized();
      answer = serve(deployment, {
        method: request.method ?? '',
        url,
        dryRun,
        body,
        type: request.headers['content-type'],
      });
    } catch (caught) {
      const failure =
        caught instanceof StatusFailure ? caught : new StatusFailure(500, 'InternalError', String(caught), {});
      status = failure.code;
      answer = failure.body;
      error = failure.reason;
    }
    this.#log.append({
      at: new Date().toISOString(),
      region,
      service: 'eks',
      ...askedFor(request.method ?? '', url.pathname),
      mutating: request.method !== 'GET' && !dryRun,
      principal: user ?? 'anonymous',
      requestId,
      status,
      error,
    });
    return { status, body: answer, requestId };
  }
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly dryRun: boolean;
  readonly type: string | undefined;
  readonly body: string;
}

/** The answer's body; throws `StatusFailure`. */
function serve(deployment: Deployment, { method, url, dryRun, type, body }: Request): object {
  const match = PATH.exec(url.pathname);
  if (match === null) throw pathNotFound();
  const [, namespace, name, subresource] = match;
  if (name === undefined) {
    if (method !== 'GET' || url.searchParams.has('watch')) throw methodNotAllowed();
    return listOf(namespace === deployment.namespace ? [deployment] : []);
  }
  if (namespace !== deployment.namespace || name !== deployment.name) throw deploymentNotFound(name);
  if (subresource === undefined) {
    if (method !== 'GET') throw methodNotAllowed();
    return deployment.body();
  }
  if (method === 'GET') return deployment.scaleBody();
  if (method !== 'PATCH' && method !== 'PUT') throw methodNotAllowed();
  const replicas = (method === 'PATCH' ? patchedReplicas : replacedReplicas)(type, body, deployment.scale);
  if (!dryRun) deployment.change(replicas);
  return deployment.scaleBody(replicas);
}

function listOf(deployments: readonly Deployment[]): object {
  const metadata = { resourceVersion: deployments[0]?.scale.resourceVersion ?? '1' };
  const items = deployments.map((deployment) => deployment.body());
  return { apiVersion: 'apps/v1', kind: 'DeploymentList', metadata, items };
}

const VERB: Readonly<Record<string, string>> = {
  GET: 'Get',
  PATCH: 'Patch',
  PUT: 'Replace',
  POST: 'Create',
  DELETE: 'Delete',
};

function askedFor(method: string, path: string): Asked {
  const match = PATH.exec(path);
  const verb = VERB[method] ?? method;
  if (match === null) return { operation: `${verb} ${path}`, target: null };
  const [, namespace, name, subresource] = match;
  if (name === undefined)
    return { operation: method === 'GET' ? 'ListDeployments' : `${verb}Deployments`, target: namespace! };
  return { operation: `${verb}Deployment${subresource === undefined ? '' : 'Scale'}`, target: `${namespace}/${name}` };
}
