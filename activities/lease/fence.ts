import { call, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { fenceWriters } from '../../runbooks/actions/lease/fence.ts';
import { implement } from '../attempt/implement.ts';
import { advanceCall } from './advance-call.ts';
import { leaseProof, leaseWaitAheadMs, leaseWaitMs } from './lease-proof.ts';

export const fence = implement(fenceWriters, {
  observe: (clients, { service }) => clients.lease(service),
  decide(input, lease, _acted, { service, observedAt }) {
    const { epochBefore, fromRegion, toRegion } = input;
    const taken = lease.epoch !== epochBefore;
    const waitMs = taken ? leaseWaitMs(lease, fromRegion, service) : leaseWaitAheadMs(lease, fromRegion, service);
    const output = (advancedAt: string) => ({
      epoch: epochBefore + 1,
      proved: leaseProof(lease, fromRegion),
      participants: lease.writers.filter((writer) => writer.region === fromRegion),
      waitedSeconds: waitMs / 1_000,
      fencedAt: new Date(Date.parse(advancedAt) + waitMs).toISOString(),
    });
    if (!taken) {
      return call(
        [advanceCall(input.service, toRegion, epochBefore)],
        'the old region holds the lease',
        output(observedAt),
      );
    }
    if (lease.epoch !== epochBefore + 1 || lease.region !== toRegion) {
      return refuse(
        errorShape('DR_FENCE_NOT_PROVED', `somebody else took epoch ${lease.epoch} for ${lease.region}`, {
          field: 'epoch',
          expected: `${epochBefore + 1} for ${toRegion}`,
          actual: `${lease.epoch} for ${lease.region}`,
        }),
      );
    }
    const leftMs = Date.parse(lease.advancedAt) + waitMs - Date.parse(observedAt);
    return leftMs > 0
      ? wait(
          `epoch ${lease.epoch} taken; the old lease runs out in ${(leftMs / 1_000).toFixed(1)} s`,
          output(lease.advancedAt),
        )
      : done(output(lease.advancedAt));
  },
});
