import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { AppsV1Api } from '@kubernetes/client-node';
import type { RegionCompute } from '../../domain/service.ts';
import type { DeploymentState } from './clients.ts';

const DEADLINE_MS = 3_000;

/** The client is the slowest import of the worker: it is loaded beside its start, not before it. */
export const loadKubernetesClient = () => import('./kubernetes-library.ts');

/** Reads and scales deployments of one region's cluster. The client has no deadline of its own: one is added per request. */
export class KubernetesClient {
  readonly #compute: RegionCompute;
  readonly #localAddress: string | undefined;
  #api: Promise<AppsV1Api> | undefined;

  constructor(compute: RegionCompute, localAddress: string | undefined) {
    this.#compute = compute;
    this.#localAddress = localAddress;
  }

  async read(namespace: string, name: string): Promise<DeploymentState> {
    const api = await this.#connected();
    const found = await api.readNamespacedDeployment({ name, namespace });
    return {
      name,
      replicas: found.spec?.replicas ?? 0,
      readyReplicas: found.status?.readyReplicas ?? 0,
      observed: (found.status?.observedGeneration ?? 0) >= (found.metadata?.generation ?? 0),
    };
  }

  async scale(namespace: string, name: string, replicas: number): Promise<void> {
    const [api, { PatchStrategy, setHeaderOptions }] = await Promise.all([this.#connected(), loadKubernetesClient()]);
    await api.patchNamespacedDeploymentScale(
      { name, namespace, body: { spec: { replicas } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  }

  #connected(): Promise<AppsV1Api> {
    this.#api ??= this.#connect().catch((caught: unknown) => {
      // What failed once (a token file not there yet) is tried again by the next call.
      this.#api = undefined;
      throw caught;
    });
    return this.#api;
  }

  async #connect(): Promise<AppsV1Api> {
    const { server, tokenFile } = this.#compute;
    const kubernetes = await loadKubernetesClient();
    const token = (await readFile(tokenFile, 'utf8')).trim();
    const kubeConfig = new kubernetes.KubeConfig();
    kubeConfig.loadFromOptions({
      clusters: [{ name: 'region', server, skipTLSVerify: server.startsWith('http:') }],
      users: [{ name: 'lifeboat', token }],
      contexts: [{ name: 'region', cluster: 'region', user: 'lifeboat' }],
      currentContext: 'region',
    });
    const bound = this.#localAddress === undefined ? {} : { localAddress: this.#localAddress };
    const agent = server.startsWith('https:')
      ? new TlsAgent({ keepAlive: true, ...bound })
      : new Agent({ keepAlive: true, ...bound });
    const configuration = kubernetes.createConfiguration({
      baseServer: new kubernetes.ServerConfiguration(server, {}),
      authMethods: { default: kubeConfig },
      promiseMiddleware: [
        {
          pre: async (context) => {
            context.setAgent(agent);
            context.setSignal(AbortSignal.timeout(DEADLINE_MS));
            return context;
          },
          post: async (context) => context,
        },
      ],
    });
    return new kubernetes.AppsV1Api(configuration);
  }
}
