import type { Region } from '../../../topology.ts';
import { arnOf } from '../identifiers.ts';
import type { RestoredAddress } from '../restored-addresses.ts';
import type { ClusterSettings } from './cluster-settings.ts';

export interface RestoredInstance {
  readonly id: string;
  readonly instanceClass: string;
  readonly createdAt: Date;
  status: 'creating' | 'available' | 'deleting' | 'failed';
}

interface RestoredClusterOptions {
  readonly region: Region;
  readonly id: string;
  /** Name its files have with the backups; a rename leaves it. */
  readonly storage: string;
  readonly port: number;
  readonly settings: ClusterSettings;
}

let restoredSoFar = 0;

/** A cluster that a restore made: no member of the global cluster, with one instance at most. */
export class RestoredCluster {
  readonly region: Region;
  readonly storage: string;
  readonly resourceId = `cluster-lab-restored-${++restoredSoFar}`;
  readonly createdAt = new Date();
  readonly port: number;
  id: string;
  settings: ClusterSettings;
  status: 'creating' | 'available' | 'renaming' | 'deleting' | 'failed' = 'creating';
  /** Really complete: from now on it shows restorable times. */
  completeAt: Date | null = null;
  /** Asked for without `ApplyImmediately`: waits for a maintenance window, which never comes in a lab. */
  pendingId: string | null = null;
  parameterGroupStatus: 'in-sync' | 'pending-reboot' = 'in-sync';
  instance: RestoredInstance | null = null;
  /** Of its server, while it has an instance. */
  address: RestoredAddress | null = null;

  constructor(options: RestoredClusterOptions) {
    this.region = options.region;
    this.id = options.id;
    this.storage = options.storage;
    this.port = options.port;
    this.settings = options.settings;
  }

  get arn(): string {
    return arnOf(this.region, 'cluster', this.id);
  }
}
