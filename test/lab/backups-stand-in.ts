import type { RestoredAddress, RestoredAddresses } from '../../lab/aws/rds/restored-addresses.ts';
import type { Backups, RestorableWindow, StoredSnapshot } from '../../lab/backup/backups.ts';
import { addressIn, behind, type Endpoint, type Region } from '../../lab/topology.ts';

interface HeldCopy {
  readonly id: string;
  readonly progress: (percent: number) => void;
  readonly finish: () => void;
}

/** What the control plane sees of backups and of addresses, without a database: each act waits until the test lets it go on. */
export class BackupsStandIn implements Backups, RestoredAddresses {
  restorable: RestorableWindow | null = {
    earliest: new Date('2026-11-21T10:00:00.000Z'),
    latest: new Date('2026-11-21T11:00:00.500Z'),
  };
  readonly asked: string[] = [];
  /** Awaited by every restore, start, stop and snapshot; may reject. */
  before: () => Promise<void> = async () => undefined;
  /** Copies under way, by target. */
  readonly copying = new Map<string, HeldCopy>();
  mostCopiesAtOnce = 0;

  async window(): Promise<RestorableWindow | null> {
    return this.restorable;
  }

  async takeSnapshot(region: Region, id: string): Promise<StoredSnapshot> {
    await this.#act(`snapshot ${region} ${id}`);
    return { region, id, dataTime: new Date('2026-11-21T11:00:00.250Z'), sizeBytes: 3 * 1024 ** 3 };
  }

  copySnapshot(
    from: StoredSnapshot,
    to: { readonly region: Region; readonly id: string },
    options: { readonly bytesPerSecond: number; onProgress(percent: number): void; readonly signal: AbortSignal },
  ): Promise<StoredSnapshot> {
    this.asked.push(`copy ${from.id} → ${to.id}`);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        this.copying.delete(to.id);
        settle();
      };
      options.signal.addEventListener(
        'abort',
        end(() => {
          this.asked.push(`aborted ${to.id}`);
          reject(new Error('aborted'));
        }),
      );
      const finish = end(() => resolve({ ...from, ...to }));
      this.copying.set(to.id, { id: to.id, progress: options.onProgress, finish });
      this.mostCopiesAtOnce = Math.max(this.mostCopiesAtOnce, this.copying.size);
    });
  }

  async deleteSnapshot(snapshot: StoredSnapshot): Promise<void> {
    this.asked.push(`delete ${snapshot.region} ${snapshot.id}`);
  }

  restoreToPointInTime(source: Region, to: Date, target: { readonly region: Region; readonly cluster: string }) {
    return this.#act(`restore ${source} ${to.toISOString()} → ${target.cluster}`);
  }

  restoreFromSnapshot(snapshot: StoredSnapshot, target: { readonly region: Region; readonly cluster: string }) {
    return this.#act(`restore ${snapshot.id} → ${target.region} ${target.cluster}`);
  }

  startRestored(cluster: string, listen: Endpoint): Promise<void> {
    return this.#act(`start ${cluster} at ${listen.host}`);
  }

  stopRestored(cluster: string): Promise<void> {
    return this.#act(`stop ${cluster}`);
  }

  async deleteRestored(cluster: string): Promise<void> {
    this.asked.push(`remove ${cluster}`);
  }

  openCopyOfRestored(): Promise<never> {
    return Promise.reject(new Error('a stand-in has nothing to read'));
  }

  async fault(): Promise<string> {
    return 'nothing';
  }

  async stop(): Promise<void> {}

  async open(cluster: string, region: Region): Promise<RestoredAddress> {
    this.asked.push(`open ${cluster}`);
    const listen = { host: addressIn(region, 21), port: 25_001 };
    return { public: listen, hidden: behind(listen) };
  }

  async rename(cluster: string, _region: Region, newCluster: string): Promise<void> {
    this.asked.push(`rename ${cluster} → ${newCluster}`);
  }

  async close(cluster: string): Promise<void> {
    this.asked.push(`close ${cluster}`);
  }

  async #act(what: string): Promise<void> {
    this.asked.push(what);
    await this.before();
  }
}
