import { call, done, wait } from '../../domain/action.ts';
import { restoreScale as contract } from '../../runbooks/actions/compute/restore-scale.ts';
import { implement } from '../attempt/implement.ts';
import { readDeployments } from './read-deployments.ts';
import { scaleCall } from './scale-call.ts';

export const restoreScale = implement(contract, {
  observe: (clients, { region, deployments }) =>
    readDeployments(
      clients,
      region,
      deployments.map(({ namespace, name, replicas }) => ({ namespace, name, wanted: replicas })),
    ),
  decide({ region }, seen, acted) {
    const output = { deployments: seen.map(({ namespace, name, wanted }) => ({ namespace, name, replicas: wanted })) };
    const different = seen.filter(({ replicas, wanted }) => replicas !== wanted);
    if (different.length === 0) return done(output);
    if (acted) return wait('not scaled back yet', output);
    const calls = different.map((deployment) => scaleCall(region, deployment, deployment.replicas, deployment.wanted));
    return call(calls, 'replicas differ from what they were', output);
  },
});
