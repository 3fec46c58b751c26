import type { Endpoint } from '../topology.ts';

/** The one argument of the process, as JSON. */
export interface BookingSettings {
  /** Name of this pod, on the list of writers and in its log. */
  readonly id: string;
  readonly region: string;
  readonly host: string;
  readonly port: number;
  /** DNS name of the region's database endpoint, resolved afresh for every connection. */
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly resolver: Endpoint;
  /** The region's own view of the lease folder. */
  readonly leaseDir: string;
  readonly leaseTtlMs: number;
  /** `false` is a service that joined and does not keep its word: what the observer must catch. */
  readonly honoursLease: boolean;
  /** Source of every outgoing connection, so that links know the place. */
  readonly localAddress: string;
  readonly logLevel?: string;
}
