import type { Region } from '../../../topology.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import type { ClusterSnapshot } from './cluster-snapshot.ts';
import type { CopyQueue } from './copy-queue.ts';
import type { DeleteSnapshot } from './delete-snapshot.ts';
import type { TakeSnapshots } from './take-snapshots.ts';

/** How many automated snapshots of a cluster are kept; AWS keeps those of the retention period. */
const AUTOMATED_KEPT = 5;
/** How often to look whether backups are there. */
const LOOK_MS = 500;
const MINUTE_LENGTH = 'yyyy-mm-ddThh:mm'.length;
const SECOND_LENGTH = 'yyyy-mm-ddThh:mm:ss'.length;

/** Takes a snapshot of the writer's cluster on a schedule, the first as soon as there are backups, and prunes old ones. */
export class AutomatedSnapshots {
  readonly #plane: BackedControlPlane;
  readonly #take: TakeSnapshots;
  readonly #delete: DeleteSnapshot;
  readonly #copies: CopyQueue;

  constructor(plane: BackedControlPlane, take: TakeSnapshots, remove: DeleteSnapshot, copies: CopyQueue) {
    this.#plane = plane;
    this.#take = take;
    this.#delete = remove;
    this.#copies = copies;
  }

  start(): void {
    this.#plane.work.start('automated snapshots', () => this.#run());
  }

  async #run(): Promise<void> {
    const { work, durations } = this.#plane;
    for (;;) {
      let taken = false;
      await work.attempt('automated snapshot', async () => {
        taken = await this.#takeOne();
      });
      if (taken) this.#prune();
      await work.wait(taken ? durations().automatedSnapshotEvery : LOOK_MS);
    }
  }

  /** Whether one was begun: not without a running writer, nor before anything of it is archived. */
  async #takeOne(): Promise<boolean> {
    const { view, members } = this.#plane;
    const { writer, members: seen, databasePort } = await view();
    if (!seen[writer].running || !members.isPresent(writer) || !seen[writer].window) return false;
    await this.#take.takeAutomated(writer, this.#name(writer), databasePort);
    return true;
  }

  /** `rds:<cluster>-yyyy-mm-dd-hh-mm`; two in one minute happen in a lab only, and the second says its second. */
  #name(region: Region): string {
    const { members, snapshots } = this.#plane;
    const now = new Date().toISOString();
    const named = (length: number): string =>
      `rds:${members.id(region)}-${now.slice(0, length).replaceAll(/[T:]/g, '-')}`;
    const toTheMinute = named(MINUTE_LENGTH);
    return snapshots.find(region, toTheMinute) ? named(SECOND_LENGTH) : toTheMinute;
  }

  #prune(): void {
    const isAutomated = ({ type, status }: ClusterSnapshot) => type === 'automated' && status !== 'creating';
    const inUse = (snapshot: ClusterSnapshot) => snapshot.restoring > 0 || this.#copies.isSource(snapshot);
    const automated = this.#plane.snapshots.all().filter(isAutomated);
    for (const region of this.#plane.members.regions) {
      const oldestFirst = automated
        .filter((snapshot) => snapshot.region === region)
        .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
      const old = oldestFirst.slice(0, Math.max(0, oldestFirst.length - AUTOMATED_KEPT));
      for (const snapshot of old.filter((each) => !inUse(each))) this.#delete.remove(snapshot);
    }
  }
}
