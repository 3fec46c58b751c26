import type { GlobalDatabase } from '../database/global-database.ts';
import { type Endpoint, REGIONS, type Region } from '../topology.ts';

/** Copies of both databases, opened apart, for whoever must read what each side really committed. */
export class Autopsy {
  readonly #database: GlobalDatabase;
  #open: readonly { close(): Promise<void> }[] = [];

  constructor(database: GlobalDatabase) {
    this.#database = database;
  }

  /** Copies made now; earlier ones are closed. */
  async begin(): Promise<Readonly<Record<Region, Endpoint>>> {
    await this.close();
    const copies = await Promise.allSettled(REGIONS.map((region) => this.#database.openCopy(region)));
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
}
