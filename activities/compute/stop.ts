import { call, done, wait } from '../../domain/action.ts';
import { stopCompute } from '../../runbooks/actions/compute/stop.ts';
import { implement } from '../attempt/implement.ts';
import { leaseWaitAheadMs } from '../lease/lease-proof.ts';
import { readDeployments } from './read-deployments.ts';
import { scaleCall } from './scale-call.ts';

export const stop = implement(stopCompute, {
  async observe(clients, { region, service, deployments }) {
    const [seen, lease] = await Promise.all([readDeployments(clients, region, deployments), clients.lease(service)]);
    return { deployments: seen, lease };
  },
  decide({ region }, { deployments, lease }, acted, { service, observedAt }) {
    const output = {
      deployments: deployments.map(({ namespace, name, replicas }) => ({
        namespace,
        name,
        before:
          (acted?.calls.map(({ input }) => input) as readonly Scaled[] | undefined)?.find(
            (made) => made.namespace === namespace && made.name === name,
          )?.from ?? replicas,
        after: 0,
      })),
      fencedAt: observedAt,
    };
    const wanted = deployments.filter(({ replicas }) => replicas > 0);
    if (wanted.length > 0 && !acted) {
      const calls = wanted.map((deployment) => scaleCall(region, deployment, deployment.replicas, 0));
      return call(calls, 'connections to a database survive its new name: pods must go', output);
    }
    const running = deployments.filter(
      ({ replicas, readyReplicas, observed }) => replicas + readyReplicas > 0 || !observed,
    );
    if (running.length > 0) {
      return wait(running.map(({ name, readyReplicas }) => `${name}: ${readyReplicas} still ready`).join(', '), output);
    }
    // A pod that ends counts as ready no more, and yet writes to its end: only its lease tells.
    const silentMs = leaseWaitAheadMs(lease, region, service);
    const alive = lease.writers.filter(
      (writer) => writer.region === region && Date.parse(writer.renewedAt) + silentMs > Date.parse(observedAt),
    );
    return alive.length > 0
      ? wait(`${alive.map(({ id }) => id).join(', ')} may still hold the write lease`, output)
      : done(output);
  },
});

interface Scaled {
  readonly namespace: string;
  readonly name: string;
  readonly from: number;
}
