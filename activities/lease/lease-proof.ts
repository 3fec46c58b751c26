import type { Service } from '../../domain/service.ts';
import { fenceWaitMs } from '../../lease/fence-wait.ts';
import type { LeaseState } from '../clients/clients.ts';

/** What a fence by lease can prove about the listed writers of the region it takes the lease from. None listed, none proved. */
export function leaseProof(lease: LeaseState, fromRegion: string): 'lease' | 'lease, late commit possible' {
  const writers = lease.writers.filter((writer) => writer.region === fromRegion);
  return writers.length > 0 && writers.every((writer) => writer.rechecks && writer.boundsTransactions)
    ? 'lease'
    : 'lease, late commit possible';
}

/** Milliseconds until no listed writer of `fromRegion` can still hold the epoch that was taken from it: design §7. */
export function leaseWaitMs(lease: LeaseState, fromRegion: string, service: Service): number {
  return fenceWaitMs(lease, fromRegion, lease.writers, service.fence);
}

/** The same, for an epoch that is still held: what a fence would wait. */
export function leaseWaitAheadMs({ ttlMs, writers }: LeaseState, fromRegion: string, service: Service): number {
  return fenceWaitMs({ ttlMs }, fromRegion, writers, service.fence);
}
