import { call, done, wait } from '../../domain/action.ts';
import { scaleCompute } from '../../runbooks/actions/compute/scale.ts';
import { implement } from '../attempt/implement.ts';
import { readDeployments } from './read-deployments.ts';
import { scaleCall } from './scale-call.ts';

export const scale = implement(scaleCompute, {
  observe: (clients, { region, deployments }) => readDeployments(clients, region, deployments),
  decide({ region }, seen, acted) {
    const short = seen.filter((deployment) => deployment.replicas < deployment.minimumReplicas);
    const before = (name: string, now: number): number => {
      const made = acted?.calls.find((earlier) => (earlier.input as { name: string }).name === name);
      return made ? Number(made.target.split(' ')[1]) : now;
    };
    const output = {
      deployments: seen.map(({ namespace, name, replicas, minimumReplicas }) => ({
        namespace,
        name,
        before: before(name, replicas),
        after: Math.max(replicas, minimumReplicas),
      })),
    };
    if (short.length === 0) return done(output);
    if (acted) return wait(`${short.map(({ name }) => name).join(', ')}: not scaled yet`, output);
    const calls = short.map((deployment) => scaleCall(region, deployment, deployment.replicas, deployment.minimumReplicas));
    return call(calls, `${short.length} deployments are below their replicas`, output);
  },
});
