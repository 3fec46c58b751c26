import type { Endpoint, Region } from '../../topology.ts';

/** Where a restored cluster's server listens, and where everybody else connects. */
export interface RestoredAddress {
  /** What the server binds. */
  readonly hidden: Endpoint;
  /** The link in front of it. */
  readonly public: Endpoint;
}

/**
 * Addresses and DNS names of restored clusters. The supervisor makes them of links and records; the twin only says when.
 * A cluster's DNS name is `restoredName(cluster)`.
 */
export interface RestoredAddresses {
  /** Takes a free address of the region, opens the link, writes the DNS record. Rejects when none is free. */
  open(cluster: string, region: Region): Promise<RestoredAddress>;
  /** The address stays, the DNS name becomes the new cluster's. */
  rename(cluster: string, region: Region, newCluster: string): Promise<void>;
  /** Takes record and link away. Nothing to do for a cluster that has none. */
  close(cluster: string, region: Region): Promise<void>;
}
