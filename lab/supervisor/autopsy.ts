import { LifeboatError } from '../../domain/errors.ts';
import type { Backups } from '../backup/backups.ts';
import type { GlobalDatabase } from '../database/global-database.ts';
import { clusterId, type Endpoint, REGIONS, type Region } from '../topology.ts';

interface OpenCopy {
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

export interface AutopsySubjects {
  readonly database: GlobalDatabase;
  readonly backups: Pick<Backups, 'openCopyOfRestored'>;
  /** Where the service's own database runs; elsewhere what was restored under its name is looked at. */
  readonly regionsWithDatabase: readonly Region[];
  /** Name under which backups keep the restored cluster of that identifier; `null` when there is none. */
  readonly storageOf: (cluster: string, region: Region) => string | null;
}

/** Copies of both regions' databases, opened apart, for whoever must read what each side really committed. */
export class Autopsy {
  readonly #subjects: AutopsySubjects;
  #open: readonly OpenCopy[] = [];

  constructor(subjects: AutopsySubjects) {
    this.#subjects = subjects;
  }

  /** Copies made now; earlier ones are closed. Rejects when a region has neither a database nor a restored one. */
  async begin(): Promise<Readonly<Record<Region, Endpoint>>> {
    await this.close();
    const copies = await Promise.allSettled(REGIONS.map((region) => this.#openCopy(region)));
    this.#open = copies.flatMap((copy) => (copy.status === 'fulfilled' ? [copy.value] : []));
    const failed = copies.find((copy) => copy.status === 'rejected');
    if (failed) {
      await this.close();
      throw failed.reason;
    }
    const [first, second] = copies.map((copy) => (copy.status === 'fulfilled' ? copy.value.endpoint : null));
    return { 'eu-west-1': first!, 'eu-west-3': second! };
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    await Promise.all(open.map((copy) => copy.close()));
  }

  async #openCopy(region: Region): Promise<OpenCopy> {
    const { database, backups, regionsWithDatabase, storageOf } = this.#subjects;
    if (regionsWithDatabase.includes(region)) return database.openCopy(region);
    const storage = storageOf(clusterId(region), region);
    if (storage !== null) return backups.openCopyOfRestored(storage);
    throw new LifeboatError('DR_LAB_PART_UNKNOWN', `${region} has no database, and none was restored there.`, {
      field: 'region',
      expected: `a cluster ${clusterId(region)}`,
    });
  }
}
