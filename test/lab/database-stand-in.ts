import type { ManagedDatabase } from '../../lab/aws/rds/managed-database.ts';
import { addressIn, HOST, type Region } from '../../lab/topology.ts';

/** What the control plane sees of a global database, without PostgreSQL: for failures a real one cannot be told to have. */
export class DatabaseStandIn implements ManagedDatabase {
  writer: Region = 'eu-west-1';
  readonly stopped = new Set<Region>();
  readonly detached = new Set<Region>();
  readonly asked: string[] = [];
  /** Awaited before a role changes; may reject, or never end. */
  beforeRoleChange: () => Promise<void> = async () => undefined;
  /** `streaming` never answers, as when the primary is frozen. */
  silent = false;

  instance(region: Region) {
    const hidden = { host: addressIn(region, HOST.database), port: 25_001 };
    return { alive: !this.stopped.has(region), hidden };
  }

  async promote(region: Region): Promise<void> {
    this.asked.push(`promote ${region}`);
    await this.beforeRoleChange();
    this.detached.add(this.writer);
    this.writer = region;
  }

  async switchover(to: Region): Promise<void> {
    this.asked.push(`switchover ${to}`);
    await this.beforeRoleChange();
    this.writer = to;
  }

  streaming(region: Region): Promise<boolean> {
    if (this.silent) return new Promise(() => undefined);
    return Promise.resolve(!this.detached.has(region) && !this.detached.has(this.writer));
  }
}
