import { call, done, wait } from '../../domain/action.ts';
import { startCompute } from '../../runbooks/actions/compute/start.ts';
import { implement } from '../attempt/implement.ts';
import { readDeployments } from './read-deployments.ts';
import { scaleCall } from './scale-call.ts';

export const start = implement(startCompute, {
  observe: (clients, { region, deployments }) => readDeployments(clients, region, deployments),
  decide({ region, asRead, stopped }, seen, acted, { mode }) {
    const wanted = seen.map((deployment) => {
      const { namespace, name, minimumReplicas } = deployment;
      const isThis = (other: { readonly namespace: string; readonly name: string }) =>
        other.namespace === namespace && other.name === name;
      const ran = Math.max(asRead.find(isThis)?.replicas ?? 0, stopped.find(isThis)?.before ?? 0);
      // In a dry run nothing was stopped: it says what there will be to do.
      return { ...deployment, from: mode === 'dry_run' ? 0 : deployment.replicas, to: Math.max(ran, minimumReplicas) };
    });
    const output = {
      deployments: wanted.map(({ namespace, name, from, to }) => ({
        namespace,
        name,
        before: from,
        after: Math.max(from, to),
      })),
    };
    const short = wanted.filter(({ from, to }) => from < to);
    const calls = short.map((deployment) => scaleCall(region, deployment, deployment.from, deployment.to));
    if (mode === 'dry_run') return wait('they will have been stopped by then', output, calls);
    if (short.length === 0) return done(output);
    if (acted) return wait(`${short.map(({ name }) => name).join(', ')}: not scaled yet`, output);
    return call(calls, `${short.length} deployments were stopped`, output);
  },
});
