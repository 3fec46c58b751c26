import { call, done } from '../../domain/action.ts';
import { giveBackLease } from '../../runbooks/actions/lease/give-back.ts';
import { implement } from '../attempt/implement.ts';
import { advanceCall } from './advance-call.ts';

export const giveBack = implement(giveBackLease, {
  observe: (clients, { service }) => clients.lease(service),
  decide({ service, toRegion }, lease) {
    if (lease.region === toRegion) return done({ epoch: lease.epoch, region: lease.region });
    return call([advanceCall(service, toRegion, lease.epoch)], `${lease.region} holds the lease`, {
      epoch: lease.epoch + 1,
      region: toRegion,
    });
  },
});
