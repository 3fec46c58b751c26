import { done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { confirmWriter as contract } from '../../runbooks/actions/recovery/confirm-writer.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster, findInstance } from '../restore/look-up.ts';

export const confirmWriter = implement(contract, {
  async observe(clients, { region, cluster }, { service }) {
    const [found, lease] = await Promise.all([findCluster(clients, region, cluster), clients.lease(service.name)]);
    const writer = found?.DBClusterMembers?.find((member) => member.IsClusterWriter)?.DBInstanceIdentifier;
    const available = found?.Status === 'available' && found.Endpoint !== undefined && writer !== undefined;
    if (!found || !available) return { found, lease, instance: null, writes: false };
    const [instance, [row]] = await Promise.all([
      findInstance(clients, region, writer),
      clients.query(region, 'select not pg_is_in_recovery() as writes'),
    ]);
    return { found, lease, instance, writes: row?.['writes'] === true };
  },
  decide({ region, cluster, epoch }, { found, lease, instance, writes }, _acted, { observedAt }) {
    if (lease.epoch > epoch || (lease.epoch === epoch && lease.region !== region)) {
      return refuse(
        errorShape('DR_FENCE_NOT_PROVED', `${lease.region} took the write lease meanwhile: epoch ${lease.epoch}`, {
          expected: `${region} at epoch ${epoch}`,
          actual: `${lease.region} at epoch ${lease.epoch}`,
        }),
      );
    }
    const confirmed = { cluster, endpoint: found?.Endpoint ?? '', epoch, confirmedAt: observedAt };
    const missing = [
      ...(found?.Status === 'available' ? [] : [`cluster ${cluster} is ${found?.Status ?? 'not there'}`]),
      ...(instance?.DBInstanceStatus === 'available'
        ? []
        : [`its writer is ${instance?.DBInstanceStatus ?? 'not there'}`]),
      ...(writes ? [] : ['it does not take writes']),
      ...(lease.epoch === epoch ? [] : [`the write lease is at epoch ${lease.epoch}, not yet at ${epoch}`]),
    ];
    return missing.length === 0 ? done(confirmed) : wait(missing.join(', '), confirmed);
  },
});
