import type { Backups, RestorableWindow } from '../../backup/backups.ts';
import { clusterArn, type Durations, type Endpoint, PROTECTED, REGIONS, type Region } from '../../topology.ts';
import type { CallLog } from '../call-log.ts';
import { CallFaults } from '../faults/call-faults.ts';
import { Keys } from '../kms/keys.ts';
import { QueryEndpoint } from '../query/query-endpoint.ts';
import { type BackedPart, backedPart } from './backed-operations.ts';
import { BackgroundWork } from './background-work.ts';
import type { ClusterSettings } from './clusters/cluster-settings.ts';
import { MemberClusters } from './clusters/member-clusters.ts';
import { PlacementFaults } from './clusters/placement-faults.ts';
import type { RestoredCluster } from './clusters/restored-cluster.ts';
import { RestoredClusters } from './clusters/restored-clusters.ts';
import type { ControlPlane } from './control-plane.ts';
import { withinDeadline } from './deadline.ts';
import { GlobalMover } from './global-mover.ts';
import type { GlobalView, MemberFacts } from './global-view.ts';
import { ParameterGroups, parameterGroupArns } from './groups/parameter-groups.ts';
import { subnetGroupArns } from './groups/subnet-groups.ts';
import type { ManagedDatabase } from './managed-database.ts';
import { MoveEvents } from './move-events.ts';
import { baseOperations, type Operations, operationNamed } from './rds-operations.ts';
import { GLOBAL_CLUSTER_ARN, instanceArn } from './rds-resources.ts';
import { targetOf } from './rds-target.ts';
import { ITEM_NAMES, NAMESPACE } from './rds-xml.ts';
import { RegionalEvents } from './regional-events.ts';
import { ResourceTags } from './resource-tags.ts';
import type { RestoredAddresses } from './restored-addresses.ts';
import type { ClusterSnapshot } from './snapshots/cluster-snapshot.ts';
import { ClusterSnapshots } from './snapshots/cluster-snapshots.ts';
import { CopyFaults } from './snapshots/copy-faults.ts';
import type { CopyInProgress } from './snapshots/copy-queue.ts';
import { StorageNames } from './storage-names.ts';
import { Synchronization } from './synchronization.ts';

/** Longest the database may take over a promotion or switchover before the move counts as failed. */
const MOVE_DEADLINE_MS = 60_000;
/** Longest a description waits for the backups to say what can be restored. */
const WINDOW_MS = 1_000;

export interface RdsTwinOptions {
  readonly database: ManagedDatabase;
  /** Read anew at each phase of whatever takes time. */
  readonly durations: () => Durations;
  readonly log: CallLog;
  readonly say: (line: string) => void;
  /**
   * Aurora's own best-effort fence: blocks the old primary's writes during an unplanned failover. Absent means that nothing
   * does, and the event then says that the attempt timed out.
   */
  readonly fence?: (region: Region) => Promise<void>;
  /** Whether the two regions reach each other; absent means they do unless one is lost. A fence needs it, and a copy. */
  readonly reachable?: (from: Region, to: Region) => boolean;
  readonly moveDeadlineMs?: number;
  /** False: the recovery region has no member of the global cluster, and the database there is never asked. Default true. */
  readonly standby?: boolean;
  /** Absent: restores and snapshots are operations the twin does not have. */
  readonly backups?: Backups;
  /** Absent: instances of restored clusters cannot be created. */
  readonly addresses?: RestoredAddresses;
  /** Shared with the KMS twin; absent: keys of its own, all enabled. */
  readonly keys?: Keys;
  /** Shared with the other twins; absent: its own. */
  readonly callFaults?: CallFaults;
}

/**
 * The RDS control plane of both regions over one real global database: Query protocol, one endpoint per region, states that
 * take time, refusals with AWS's codes. It decides nothing about data: it only tells the database and its backups what to do.
 */
export class RdsTwin {
  /** What goes wrong on purpose. */
  readonly faults: {
    readonly calls: CallFaults;
    readonly copies: CopyFaults;
    readonly placements: PlacementFaults;
  };
  readonly keys: Keys;
  readonly parameterGroups = new ParameterGroups();
  readonly #options: RdsTwinOptions;
  readonly #endpoints = new Map<Region, QueryEndpoint>();
  readonly #lost = new Set<Region>();
  readonly #headless = new Set<Region>();
  readonly #members: MemberClusters;
  readonly #restored: RestoredClusters;
  readonly #snapshots = new ClusterSnapshots();
  readonly #synchronization: Synchronization;
  readonly #work: BackgroundWork;
  readonly #mover: GlobalMover;
  readonly #backed: BackedPart | null;
  readonly #operations: Operations;

  constructor(options: RdsTwinOptions) {
    this.#options = options;
    const { database, durations, say, backups } = options;
    const running = (region: Region): boolean => this.#running(region);
    const reaches = (from: Region, to: Region): boolean => this.#reaches(from, to);
    this.keys = options.keys ?? new Keys();
    this.faults = {
      calls: options.callFaults ?? new CallFaults(),
      copies: new CopyFaults(),
      placements: new PlacementFaults(),
    };
    this.#members = new MemberClusters(options.standby === false ? [PROTECTED] : REGIONS);
    this.#restored = new RestoredClusters(this.#members);
    this.#synchronization = new Synchronization(database, this.#members.regions, running);
    this.#work = new BackgroundWork(say);
    const plane = this.#plane();
    this.#mover = new GlobalMover({
      database,
      durations,
      events: new MoveEvents(plane.events, this.#members, reaches),
      say,
      running,
      reaches,
      fence: options.fence ?? null,
      deadlineMs: options.moveDeadlineMs ?? MOVE_DEADLINE_MS,
    });
    const addresses = options.addresses ?? null;
    const { copies, placements } = this.faults;
    this.#backed = backups ? backedPart({ ...plane, backups, addresses }, copies, placements) : null;
    this.#operations = { ...baseOperations(plane, this.#mover, addresses), ...this.#backed?.operations };
  }

  /** Every region's endpoint listens. */
  get ready(): boolean {
    return REGIONS.every((region) => this.#endpoints.has(region));
  }

  /** Copies that have not ended, those in progress and those that wait. */
  get copies(): readonly CopyInProgress[] {
    return this.#backed?.copies.list() ?? [];
  }

  get restoredClusters(): readonly RestoredCluster[] {
    return this.#restored.all();
  }

  get snapshots(): readonly ClusterSnapshot[] {
    return this.#snapshots.all();
  }

  /** Serves one region at its hidden address; a link leads there. Once all are served, automated snapshots begin. */
  async listen(region: Region, at: Endpoint): Promise<void> {
    const endpoint = new QueryEndpoint(
      {
        name: 'rds',
        region,
        namespace: NAMESPACE,
        itemNames: ITEM_NAMES,
        perform: async (operation, parameters) => operationNamed(this.#operations, operation)(region, parameters),
        targetOf,
      },
      this.#options.log,
      this.#options.say,
      this.faults.calls,
    );
    await endpoint.listen(at);
    this.#endpoints.set(region, endpoint);
    if (this.ready) this.#backed?.automated.start();
  }

  /** Whatever is in progress stops where it is; the database keeps the state it has reached. */
  async close(): Promise<void> {
    const closing = [...this.#endpoints.values()].map((endpoint) => endpoint.close());
    this.#endpoints.clear();
    await Promise.all([...closing, this.#mover.close(), this.#work.close()]);
  }

  /** Instances of a lost region show as unavailable, whatever their processes do, and copies from it break off. */
  markLost(region: Region): void {
    this.#lost.add(region);
    this.#synchronization.forget();
    this.#backed?.copies.checkReach();
  }

  markHealed(region: Region): void {
    this.#lost.delete(region);
    this.#synchronization.forget();
  }

  /** A headless cluster has storage but no instance: it can be no target. The database's process is left alone. */
  setHeadless(region: Region, headless: boolean): void {
    if (headless) this.#headless.add(region);
    else this.#headless.delete(region);
    this.#options.say(`rds: ${this.#members.id(region)} ${headless ? 'has no instance' : 'has its instance'}`);
  }

  /** Changes a member as its owner might have, also to what no request can ask for: unencrypted, in several zones. */
  setMember(region: Region, settings: Partial<ClusterSettings>): void {
    this.#members.change(region, settings);
  }

  #plane(): ControlPlane {
    const { durations, say } = this.#options;
    const members = this.#members;
    const tags = new ResourceTags([
      GLOBAL_CLUSTER_ARN,
      ...members.regions.flatMap((region) => [clusterArn(region), instanceArn(region)]),
      ...parameterGroupArns(),
      ...subnetGroupArns(),
    ]);
    return {
      members,
      restored: this.#restored,
      snapshots: this.#snapshots,
      keys: this.keys,
      parameterGroups: this.parameterGroups,
      tags,
      events: {
        'eu-west-1': new RegionalEvents('eu-west-1', members),
        'eu-west-3': new RegionalEvents('eu-west-3', members),
      },
      storageNames: new StorageNames(),
      work: this.#work,
      durations,
      view: () => this.#view(),
      tagsOf: (arn) => tags.of(arn),
      reaches: (from, to) => this.#reaches(from, to),
      isLost: (region) => this.#lost.has(region),
      say,
    };
  }

  #running(region: Region): boolean {
    return this.#members.isPresent(region) && !this.#lost.has(region) && this.#options.database.instance(region).alive;
  }

  #reaches(from: Region, to: Region): boolean {
    if (this.#lost.has(from) || this.#lost.has(to)) return false;
    return this.#options.reachable?.(from, to) ?? true;
  }

  async #view(): Promise<GlobalView> {
    const { database } = this.#options;
    const [connected, window] = await Promise.all([this.#synchronization.connected(), this.#window(database.writer)]);
    if (this.#mover.awaitingRebuild && connected[this.#mover.awaitingRebuild]) this.#mover.rebuilt();
    const memberOf = (region: Region): MemberFacts => ({
      id: this.#members.id(region),
      arn: this.#members.arn(region),
      settings: this.#members.settings(region),
      createdAt: this.#members.createdAt(region),
      running: this.#running(region),
      connected: connected[region] ?? false,
      headless: this.#headless.has(region),
      window: region === database.writer ? window : null,
    });
    return {
      writer: database.writer,
      present: this.#members.regions,
      members: { 'eu-west-1': memberOf('eu-west-1'), 'eu-west-3': memberOf('eu-west-3') },
      move: this.#mover.move,
      awaitingRebuild: this.#mover.awaitingRebuild,
      databasePort: database.instance(database.writer).hidden.port,
    };
  }

  /** A description tells what can be restored; that it cannot be learnt now is no reason not to answer. */
  async #window(region: Region): Promise<RestorableWindow | null> {
    const { backups } = this.#options;
    if (!backups) return null;
    try {
      return await withinDeadline(backups.window(region), WINDOW_MS, `restorable times of ${region}`);
    } catch {
      return null;
    }
  }
}
