import { done, wait } from '../../domain/action.ts';
import { confirmCapacity as contract } from '../../runbooks/actions/compute/confirm-capacity.ts';
import { implement } from '../attempt/implement.ts';
import { readDeployments } from './read-deployments.ts';

export const confirmCapacity = implement(contract, {
  observe: (clients, { region, deployments }) => readDeployments(clients, region, deployments),
  decide(_input, seen, _acted, { observedAt }) {
    const short = seen.filter(
      ({ readyReplicas, minimumReplicas, observed }) => !observed || readyReplicas < minimumReplicas,
    );
    const readings = (ready: (deployment: (typeof seen)[number]) => number) =>
      seen.map((deployment) => ({
        namespace: deployment.namespace,
        name: deployment.name,
        replicas: Math.max(deployment.replicas, ready(deployment)),
        ready: ready(deployment),
      }));
    if (short.length === 0)
      return done({ deployments: readings(({ readyReplicas }) => readyReplicas), capacityReadyAt: observedAt });
    const missing = short.map(
      ({ name, readyReplicas, minimumReplicas }) => `${name} ${readyReplicas} of ${minimumReplicas} ready`,
    );
    return wait(missing.join(', '), {
      deployments: readings(({ minimumReplicas }) => minimumReplicas),
      capacityReadyAt: observedAt,
    });
  },
});
