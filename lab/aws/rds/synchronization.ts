import type { Region } from '../../topology.ts';
import { withinDeadline } from './deadline.ts';
import type { ManagedDatabase } from './managed-database.ts';

/** Longest a description waits for the primary to say who follows it: above the pause of a busy machine. */
const ANSWER_MS = 1_000;
/** How long an answer is reused: pollers must not become load on the database. */
const FRESH_MS = 200;

type Connected = Readonly<Partial<Record<Region, boolean>>>;

/** Which regions follow the writer, asked of the databases themselves. A primary that does not answer has no follower. */
export class Synchronization {
  readonly #database: ManagedDatabase;
  readonly #regions: readonly Region[];
  readonly #running: (region: Region) => boolean;
  #asked: { readonly at: number; readonly writer: Region; readonly answer: Promise<Connected> } | null = null;

  /** @param regions those that have a member */
  constructor(database: ManagedDatabase, regions: readonly Region[], running: (region: Region) => boolean) {
    this.#database = database;
    this.#regions = regions;
    this.#running = running;
  }

  connected(): Promise<Connected> {
    const { writer } = this.#database;
    if (this.#asked && this.#asked.writer === writer && performance.now() - this.#asked.at < FRESH_MS) {
      return this.#asked.answer;
    }
    const answer = this.#ask(writer);
    this.#asked = { at: performance.now(), writer, answer };
    return answer;
  }

  /** After a region was lost or came back, what was heard before says nothing. */
  forget(): void {
    this.#asked = null;
  }

  async #ask(writer: Region): Promise<Connected> {
    const pairs = this.#regions.map(async (region) => [region, await this.#follows(region, writer)] as const);
    return Object.fromEntries(await Promise.all(pairs)) as Connected;
  }

  async #follows(region: Region, writer: Region): Promise<boolean> {
    if (region === writer) return true;
    if (!this.#running(region) || !this.#running(writer)) return false;
    try {
      return await withinDeadline(this.#database.streaming(region), ANSWER_MS, `replication state of ${region}`);
    } catch {
      return false;
    }
  }
}
