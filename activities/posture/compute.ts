import { done } from '../../domain/action.ts';
import { type LookedAtDeployment, postureCompute } from '../../runbooks/actions/posture/compute.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { implement } from '../attempt/implement.ts';
import { providerName } from '../clients/call-failure.ts';
import type { Clients, DeploymentState } from '../clients/clients.ts';
import type { Heard } from '../clients/heard.ts';
import { type Check, found, judged, unknown } from './check.ts';
import { look } from './look.ts';

interface SeenDeployment {
  readonly wanted: LookedAtDeployment;
  /** `null`: the cluster has none of that name. */
  readonly state: Heard<DeploymentState | null>;
  /** `null`: the cluster does not serve disruption budgets. */
  readonly budgets: Heard<readonly string[] | null>;
}

export const compute = implement(postureCompute, {
  observe: (clients, { deployments }): Promise<readonly SeenDeployment[]> =>
    Promise.all(
      deployments.map(async (wanted) => {
        const { region, namespace, name } = wanted;
        const [state, budgets] = await Promise.all([
          look(`Kubernetes in ${region}`, orMissing(clients.deployment(region, namespace, name))),
          look(`Kubernetes in ${region}`, readBudgets(clients, wanted)),
        ]);
        return { wanted, state, budgets };
      }),
    ),
  decide: (_input, seen, _acted, { observedAt }) =>
    done({ findings: seen.flatMap((one) => [judgeReady(one), judgeBudgets(one)]), lookedAt: observedAt }),
});

const readBudgets = (clients: Clients, { region, namespace, name }: LookedAtDeployment) =>
  orMissing(clients.disruptionBudgets(region, namespace, name));

/** `null` where the cluster says that there is no such thing. */
async function orMissing<Value>(work: Promise<Value>): Promise<Value | null> {
  try {
    return await work;
  } catch (caught) {
    if (providerName(caught) === '404') return null;
    throw caught;
  }
}

function judgeReady({ wanted, state }: SeenDeployment): Finding {
  const { region, namespace, name, readyAtLeast, replicas } = wanted;
  const standsBy = readyAtLeast < replicas;
  const check: Check = {
    id: `compute:ready:${region}:${namespace}/${name}`,
    about: `how many pods of ${name} are ready in ${region}`,
    severity: 'critical',
    why: standsBy
      ? 'Without a pod that runs there now, nobody knows whether image, secrets and database access work there at all.'
      : 'Fewer pods than declared do not carry the load of production.',
    remedy: `See why pods are missing: kubectl --namespace ${namespace} describe deployment ${name}`,
  };
  if (!state.answered) return unknown(check, state.because);
  if (state.value === null) return found(check, `${region} has no deployment ${namespace}/${name}`, 'Deploy it there.');
  const { readyReplicas } = state.value;
  const full = standsBy ? `; ${replicas} carry production` : '';
  const what = `${name} has ${readyReplicas} ready in ${region}, at least ${readyAtLeast} wanted${full}`;
  return judged(check, readyReplicas >= readyAtLeast, what);
}

function judgeBudgets({ wanted, budgets }: SeenDeployment): Finding {
  const { region, namespace, name } = wanted;
  const check: Check = {
    id: `compute:budget:${region}:${namespace}/${name}`,
    about: `whether a disruption budget keeps ${name} in ${region}`,
    severity: 'warning',
    why: 'Without a budget an upgrade of nodes may take all pods of a service away at once.',
    remedy: `Give ${namespace}/${name} a PodDisruptionBudget with minAvailable.`,
  };
  if (!budgets.answered) return unknown(check, budgets.because);
  if (budgets.value === null) {
    return unknown(
      check,
      `the cluster in ${region} does not serve policy/v1 or has no ${namespace}/${name}`,
      'Look at its API server.',
    );
  }
  const none = budgets.value.length === 0;
  return judged(check, !none, `${name} in ${region} is kept by ${none ? 'no budget' : budgets.value.join(', ')}`);
}
