import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { AppsV1Api, PolicyV1Api } from '@kubernetes/client-node';
import type { RegionCompute } from '../../domain/service.ts';
import type { DeploymentState } from './clients.ts';
import { selects } from './label-selector.ts';

const DEADLINE_MS = 3_000;

/** The client is the slowest import of the worker: it is loaded beside its start, not before it. */
export const loadKubernetesClient = () => import('./kubernetes-library.ts');

interface Connected {
  readonly apps: AppsV1Api;
  readonly policy: PolicyV1Api;
}

/** Reads and scales deployments of one region's cluster. The client has no deadline of its own: one is added per request. */
export class KubernetesClient {
  readonly #compute: RegionCompute;
  readonly #localAddress: string | undefined;
  #api: Promise<Connected> | undefined;

  constructor(compute: RegionCompute, localAddress: string | undefined) {
    this.#compute = compute;
    this.#localAddress = localAddress;
  }

  async read(namespace: string, name: string): Promise<DeploymentState> {
    const { apps } = await this.#connected();
    const found = await apps.readNamespacedDeployment({ name, namespace });
    return {
      name,
      replicas: found.spec?.replicas ?? 0,
      readyReplicas: found.status?.readyReplicas ?? 0,
      observed: (found.status?.observedGeneration ?? 0) >= (found.metadata?.generation ?? 0),
    };
  }

  /** Names of the budgets whose selector chooses the pods of a deployment. */
  async disruptionBudgets(namespace: string, name: string): Promise<readonly string[]> {
    const { apps, policy } = await this.#connected();
    const [deployment, budgets] = await Promise.all([
      apps.readNamespacedDeployment({ name, namespace }),
      policy.listNamespacedPodDisruptionBudget({ namespace }),
    ]);
    const labels = deployment.spec?.template.metadata?.labels ?? {};
    return budgets.items
      .filter((budget) => selects(budget.spec?.selector, labels))
      .map((budget) => budget.metadata?.name ?? 'unnamed');
  }

  async scale(namespace: string, name: string, replicas: number): Promise<void> {
    const [{ apps }, { PatchStrategy, setHeaderOptions }] = await Promise.all([
      this.#connected(),
      loadKubernetesClient(),
    ]);
    await apps.patchNamespacedDeploymentScale(
      { name, namespace, body: { spec: { replicas } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  }

  #connected(): Promise<Connected> {
    this.#api ??= this.#connect().catch((caught: unknown) => {
      // What failed once (a token file not there yet) is tried again by the next call.
      this.#api = undefined;
      throw caught;
    });
    return this.#api;
  }

  async #connect(): Promise<Connected> {
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
    return { apps: new kubernetes.AppsV1Api(configuration), policy: new kubernetes.PolicyV1Api(configuration) };
  }
}
