import { done } from '../../domain/action.ts';
import { readScale as contract } from '../../runbooks/actions/compute/read-scale.ts';
import { implement } from '../attempt/implement.ts';
import { readDeployments } from './read-deployments.ts';

export const readScale = implement(contract, {
  observe: (clients, { region, deployments }) => readDeployments(clients, region, deployments),
  decide: (_input, seen) =>
    done({
      deployments: seen.map(({ namespace, name, replicas, readyReplicas }) => ({
        namespace,
        name,
        replicas,
        ready: readyReplicas,
      })),
      missingReplicas: seen.reduce(
        (sum, { minimumReplicas, replicas }) => sum + Math.max(0, minimumReplicas - replicas),
        0,
      ),
    }),
});
