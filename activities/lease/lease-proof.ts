import type { Service } from '../../domain/service.ts';
import { fenceWaitMs } from '../../lease/fence-wait.ts';
import type { LeaseState } from '../clients/clients.ts';

/** What a fence by lease can prove about the listed writers of the region it takes the lease from. */
export function leaseProof(lease: LeaseState, fromRegion: string): 'lease' | 'lease, late commit possible' {
  const writers = lease.writers.filter((writer) => writer.region === fromRegion);
  return writers.every((writer) => writer.rechecks && writer.boundsTransactions) ? 'lease' : 'lease, late commit possible';
}

/** Milliseconds from taking the epoch until no listed writer of `fromRegion` can still hold the old one: design §7. */
export function leaseWaitMs(lease: LeaseState, fromRegion: string, service: Service): number {
  return fenceWaitMs(lease, fromRegion, lease.writers, service.fence);
}
