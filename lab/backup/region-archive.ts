import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { restoreCommand } from '../database/archive-command.ts';
import { queryOnce } from '../database/connection.ts';
import type { Endpoint } from '../topology.ts';
import type { RestorableWindow } from './backups.ts';
import type { OnlineCopy } from './online-copy.ts';
import { isSegment, timelineOf } from './wal-segment.ts';

/** A base backup that is on disk, with the log to make it consistent in the archive. */
export interface BaseBackup extends OnlineCopy {
  readonly folder: string;
}

/** With two there is always one to restore from while the other is replaced. */
const KEPT_BASES = 2;
const CACHED_MS = 200;
const QUERY_DEADLINE_MS = 1_000;

/**
 * The newest heartbeat but one in the archive: the next one's commit is then archived too, and a recovery stops only
 * where it finds a later commit.
 */
const LATEST = `
select at from aurora.heartbeat where at > $1 and pg_walfile_name(lsn) <= $2
order by at desc offset 1 limit 1`;

/** A region's archived log and the base backups it continues: what can be restored, and from what. */
export class RegionArchive {
  readonly #folder: string;
  readonly #basesFolder: string;
  /** Oldest first; all of one timeline. */
  #bases: readonly BaseBackup[] = [];
  #latest: Date | null = null;
  #refresh: Promise<void> | null = null;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #readers = 0;

  constructor(options: {
    /** Where the region's server archives to. */ readonly folder: string;
    readonly basesFolder: string;
  }) {
    this.#folder = options.folder;
    this.#basesFolder = options.basesFolder;
  }

  /** Command with which a server gets segments out of it. */
  get restoreCommand(): string {
    return restoreCommand(this.#folder);
  }

  get bases(): readonly BaseBackup[] {
    return this.#bases;
  }

  /** The region begins to write: what it archived in earlier times as the writer does not lead to what it writes now. */
  beginAnew(): void {
    this.#bases = [];
    this.#latest = null;
  }

  /** @param writer where the region's server answers while it writes; `null` leaves what was known last. */
  async window(writer: Endpoint | null): Promise<RestorableWindow | null> {
    if (writer && performance.now() - this.#refreshedAt > CACHED_MS) {
      // A server that hangs or just died changes nothing in the archive.
      this.#refresh ??= this.#findLatest(writer)
        .catch(() => {})
        .finally(() => {
          this.#refreshedAt = performance.now();
          this.#refresh = null;
        });
      await this.#refresh;
    }
    const earliest = this.#bases[0]?.completeAt;
    return earliest && this.#latest && this.#latest > earliest ? { earliest, latest: this.#latest } : null;
  }

  /** The newest base backup from which `instant` can be reached; kept until `done` is called. */
  baseFor(instant: Date): { readonly base: BaseBackup; done(): void } {
    const base = this.#bases.findLast(({ completeAt }) => completeAt <= instant);
    if (!base) {
      const earliest = this.#bases[0]?.completeAt.toISOString() ?? 'none: no base backup is complete';
      throw new Error(
        `no base backup from before ${instant.toISOString()}; the earliest restorable time is ${earliest}`,
      );
    }
    this.#readers += 1;
    return {
      base,
      done: () => {
        this.#readers -= 1;
      },
    };
  }

  add(base: BaseBackup): void {
    this.#bases = [...this.#bases, base].sort((a, b) => a.completeAt.getTime() - b.completeAt.getTime());
  }

  /** Removes older base backups than are kept, and the log before them; not while anybody restores. */
  async prune(): Promise<void> {
    if (this.#readers > 0) return;
    this.#bases = this.#bases.slice(-KEPT_BASES);
    const kept = new Set(this.#bases.map(({ folder }) => path.basename(folder)));
    for (const name of await readdir(this.#basesFolder)) {
      if (!kept.has(name)) await rm(path.join(this.#basesFolder, name), { recursive: true, force: true });
    }
    const oldest = this.#bases[0]?.firstSegment ?? '';
    for (const name of await readdir(this.#folder)) {
      if (!isHistory(name) && name < oldest) await rm(path.join(this.#folder, name), { force: true });
    }
  }

  /** Whole segments in the archive, oldest first. */
  async segments(): Promise<readonly string[]> {
    const names = await readdir(this.#folder);
    return names
      .filter((name) => name.endsWith('.gz'))
      .map((name) => name.slice(0, -'.gz'.length))
      .filter(isSegment)
      .sort();
  }

  fileOf(segment: string): string {
    return path.join(this.#folder, `${segment}.gz`);
  }

  async #findLatest(writer: Endpoint): Promise<void> {
    const base = this.#bases[0];
    const archived = base && (await this.segments()).at(-1);
    if (!archived || timelineOf(archived) !== timelineOf(base.firstSegment)) return;
    const [row] = await queryOnce(writer, LATEST, [base.completeAt, archived], QUERY_DEADLINE_MS);
    // A new life may have begun while the answer was under way.
    if (row && this.#bases.includes(base)) this.#latest = row['at'] as Date;
  }
}

const isHistory = (name: string): boolean => name.includes('.history');
