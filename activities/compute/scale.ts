import { call, done, wait } from '../../domain/action.ts';
import { scaleCompute } from '../../runbooks/actions/compute/scale.ts';
import { implement } from '../attempt/implement.ts';
import { readDeployments } from './read-deployments.ts';
import { scaleCall } from './scale-call.ts';

export const scale = implement(scaleCompute, {
  observe: (clients, { region, deployments }) => readDeployments(clients, region, deployments),
  decide({ region }, seen, acted) {
    const short = seen.filter((deployment) => deployment.replicas < deployment.minimumReplicas);
    // What it was before this attempt scaled it.
    const before = (deployment: { namespace: string; name: string; replicas: number }): number => {
      const made = acted?.calls
        .map(({ input }) => input as { namespace: string; name: string; from: number })
        .find(({ namespace, name }) => namespace === deployment.namespace && name === deployment.name);
      return made?.from ?? deployment.replicas;
    };
    const output = {
      deployments: seen.map((deployment) => ({
        namespace: deployment.namespace,
        name: deployment.name,
        before: before(deployment),
        after: Math.max(deployment.replicas, deployment.minimumReplicas),
      })),
    };
    if (short.length === 0) return done(output);
    if (acted) return wait(`${short.map(({ name }) => name).join(', ')}: not scaled yet`, output);
    const calls = short.map((deployment) =>
      scaleCall(region, deployment, deployment.replicas, deployment.minimumReplicas),
    );
    return call(calls, `${short.length} deployments are below their replicas`, output);
  },
});
