import { call, done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { giveBackLease } from '../../runbooks/actions/lease/give-back.ts';
import { implement } from '../attempt/implement.ts';
import { advanceCall } from './advance-call.ts';

export const giveBack = implement(giveBackLease, {
  observe: (clients, { service }) => clients.lease(service),
  decide({ service, toRegion, epochBefore }, lease) {
    const fenced = lease.epoch > epochBefore;
    if (!fenced || lease.region === toRegion) return done({ epoch: lease.epoch, region: lease.region });
    if (lease.epoch > epochBefore + 1) {
      // Not the epoch that the fence took: whoever took this one may be writing under it.
      return refuse(
        errorShape(
          'DR_LEASE_EPOCH_CHANGED',
          `somebody else took epoch ${lease.epoch} for ${lease.region}: it is not ours to give back`,
          {
            field: 'epoch',
            expected: epochBefore + 1,
            actual: lease.epoch,
            retryable: false,
          },
        ),
      );
    }
    return call([advanceCall(service, toRegion, lease.epoch)], `${lease.region} holds the lease`, {
      epoch: lease.epoch + 1,
      region: toRegion,
    });
  },
});
