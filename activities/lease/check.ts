import { done } from '../../domain/action.ts';
import { checkLease } from '../../runbooks/actions/lease/check.ts';
import { implement } from '../attempt/implement.ts';
import { leaseProof, leaseWaitAheadMs } from './lease-proof.ts';

export const check = implement(checkLease, {
  observe: (clients, { service }) => clients.lease(service),
  decide: (_input, lease, _acted, { service }) =>
    done({
      epoch: lease.epoch,
      region: lease.region,
      advancedAt: lease.advancedAt,
      participants: [...lease.writers],
      waitSeconds: leaseWaitAheadMs(lease, lease.region, service) / 1_000,
      wouldProve: leaseProof(lease, lease.region),
    }),
});
