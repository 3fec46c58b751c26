import type { StoredSnapshot } from '../../../backup/backups.ts';
import { REGIONS, type Region } from '../../../topology.ts';
import { reasonOf } from '../background-work.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import type { CopyFaults } from './copy-faults.ts';

/** Cluster snapshot copies in progress at a time, per destination region and account. */
const MOST_COPIES_IN_PROGRESS = 5;

interface Copy {
  readonly source: ClusterSnapshot;
  readonly target: ClusterSnapshot;
  readonly abort: AbortController;
  state: 'queued' | 'copying';
}

/** One copy that has not ended, for people. */
export interface CopyInProgress {
  readonly region: Region;
  readonly snapshot: string;
  readonly source: string;
  readonly state: 'queued' | 'copying';
  readonly percent: number;
}

/** Copies under way: so many per destination region at a time, the others wait at 0 % in the order they came. */
export class CopyQueue {
  readonly #plane: BackedControlPlane;
  readonly #faults: CopyFaults;
  #copies: Copy[] = [];

  constructor(plane: BackedControlPlane, faults: CopyFaults) {
    this.#plane = plane;
    this.#faults = faults;
    const endAll = (): void => {
      for (const copy of this.#copies) copy.abort.abort();
    };
    plane.work.signal.addEventListener('abort', endAll, { once: true });
  }

  list(): readonly CopyInProgress[] {
    return this.#copies.map(({ source, target, state }) => ({
      region: target.region,
      snapshot: target.id,
      source: source.arn,
      state,
      percent: target.percent,
    }));
  }

  add(source: ClusterSnapshot, target: ClusterSnapshot): void {
    this.#copies.push({ source, target, abort: new AbortController(), state: 'queued' });
    this.#startNext(target.region);
  }

  /** The target was deleted. */
  cancel(target: ClusterSnapshot): void {
    this.#end((copy) => copy.target === target, 'the copy was cancelled');
  }

  sourceDeleted(source: ClusterSnapshot): void {
    this.#end((copy) => copy.source === source, `the source snapshot ${source.id} was deleted`);
  }

  /** Fails the copies whose regions do not reach each other any more. */
  checkReach(): void {
    for (const region of REGIONS) {
      this.#end((copy) => copy.source.region === region && !this.#reaches(copy), `${region} does not answer any more`);
    }
  }

  isSource(snapshot: ClusterSnapshot): boolean {
    return this.#copies.some((copy) => copy.source === snapshot);
  }

  #reaches({ source, target }: Copy): boolean {
    return source.region === target.region || this.#plane.reaches(target.region, source.region);
  }

  #end(which: (copy: Copy) => boolean, reason: string): void {
    for (const copy of this.#copies.filter(which)) {
      if (copy.state === 'copying') copy.abort.abort(new Error(reason));
      else this.#failed(copy, reason);
    }
  }

  #startNext(region: Region): void {
    const here = this.#copies.filter((copy) => copy.target.region === region);
    const free = MOST_COPIES_IN_PROGRESS - here.filter(({ state }) => state === 'copying').length;
    for (const copy of here.filter(({ state }) => state === 'queued').slice(0, Math.max(0, free))) {
      copy.state = 'copying';
      this.#plane.work.start(`copy ${copy.target.id}`, () => this.#run(copy));
    }
  }

  async #run(copy: Copy): Promise<void> {
    const { work, durations, events, say } = this.#plane;
    const { target } = copy;
    try {
      const stored = await work.until(this.#copied(copy));
      await work.wait(durations().snapshotSettling);
      await this.#keepOnlyIfWanted(copy, stored);
      target.complete(stored);
      events[target.region].ofSnapshot(target, `Finished copy of snapshot ${copy.source.id}.`, ['notification']);
      say(`rds: ${target.id} is copied to ${target.region}`);
      this.#remove(copy);
    } catch (caught) {
      if (!work.closed) this.#failed(copy, reasonOf(caught));
    }
  }

  async #copied(copy: Copy): Promise<StoredSnapshot> {
    const { backups, durations } = this.#plane;
    const { source, target, abort } = copy;
    if (!source.stored) throw new Error(`the source snapshot ${source.id} is gone`);
    const failAt = this.#faults.take();
    const onProgress = (percent: number): void => {
      target.percent = Math.min(99, Math.floor(percent));
      if (failAt !== null && percent >= failAt) abort.abort(new Error(`the copy broke off at ${failAt} %`));
      if (!this.#reaches(copy)) abort.abort(new Error(`${source.region} does not answer any more`));
    };
    return backups.copySnapshot(
      source.stored,
      { region: target.region, id: target.storage },
      { bytesPerSecond: durations().copyBytesPerSecond, onProgress, signal: abort.signal },
    );
  }

  /** A small copy may be done before it hears that it should not. */
  async #keepOnlyIfWanted({ abort }: Copy, stored: StoredSnapshot): Promise<void> {
    if (!abort.signal.aborted) return;
    await this.#plane.backups.deleteSnapshot(stored);
    throw abort.signal.reason;
  }

  #failed(copy: Copy, reason: string): void {
    const { events, say } = this.#plane;
    const { target } = copy;
    // The copier's own error says no more than that it was told to stop.
    const why = copy.abort.signal.aborted ? reasonOf(copy.abort.signal.reason) : reason;
    target.status = 'failed';
    const message = `Copy of snapshot ${copy.source.id} to ${target.id} failed: ${why}.`;
    events[target.region].ofSnapshot(target, message, ['failure']);
    say(`rds: ${message}`);
    this.#remove(copy);
  }

  #remove(copy: Copy): void {
    this.#copies = this.#copies.filter((other) => other !== copy);
    this.#startNext(copy.target.region);
  }
}
