import { clusterId, type Durations, type Endpoint, REGIONS, type Region } from '../../topology.ts';
import type { CallLog } from '../call-log.ts';
import { QueryEndpoint } from '../query/query-endpoint.ts';
import { GlobalMover } from './global-mover.ts';
import type { GlobalView, MemberFacts } from './global-view.ts';
import type { ManagedDatabase } from './managed-database.ts';
import { MoveEvents } from './move-events.ts';
import { RdsOperations } from './rds-operations.ts';
import { targetOf } from './rds-target.ts';
import { RegionalEvents } from './regional-events.ts';
import { ResourceTags } from './resource-tags.ts';
import { Synchronization } from './synchronization.ts';

const NAMESPACE = 'http://rds.amazonaws.com/doc/2014-10-31/';
const ITEM_NAMES = {
  AvailabilityZones: 'AvailabilityZone',
  DBClusterMembers: 'DBClusterMember',
  DBClusters: 'DBCluster',
  DBInstances: 'DBInstance',
  EventCategories: 'EventCategory',
  Events: 'Event',
  GlobalClusterMembers: 'GlobalClusterMember',
  GlobalClusters: 'GlobalClusterMember',
  TagList: 'Tag',
} as const;

/** Longest the database may take over a promotion or switchover before the move counts as failed. */
const MOVE_DEADLINE_MS = 60_000;

export interface RdsTwinOptions {
  readonly database: ManagedDatabase;
  /** Read anew at each phase of a move. */
  readonly durations: () => Durations;
  readonly log: CallLog;
  readonly say: (line: string) => void;
  /**
   * Aurora's own best-effort fence: blocks the old primary's writes during an unplanned failover. Absent means that nothing
   * does, and the event then says that the attempt timed out.
   */
  readonly fence?: (region: Region) => Promise<void>;
  /** Whether the two regions reach each other; absent means they do unless one is lost. A fence needs it. */
  readonly reachable?: (from: Region, to: Region) => boolean;
  readonly moveDeadlineMs?: number;
}

/**
 * The RDS control plane of both regions over one real global database: Query protocol, one endpoint per region, states that
 * take time, refusals with AWS's codes. It decides nothing about data: it only tells the database what to do.
 */
export class RdsTwin {
  readonly #options: RdsTwinOptions;
  readonly #endpoints = new Map<Region, QueryEndpoint>();
  readonly #lost = new Set<Region>();
  readonly #headless = new Set<Region>();
  readonly #synchronization: Synchronization;
  readonly #mover: GlobalMover;
  readonly #operations: RdsOperations;

  constructor(options: RdsTwinOptions) {
    this.#options = options;
    const { database, durations, say, fence, moveDeadlineMs } = options;
    const running = (region: Region): boolean => this.#running(region);
    const reaches = (from: Region, to: Region): boolean => this.#reaches(from, to);
    const events = {
      'eu-west-1': new RegionalEvents('eu-west-1'),
      'eu-west-3': new RegionalEvents('eu-west-3'),
    } satisfies Record<Region, RegionalEvents>;
    this.#synchronization = new Synchronization(database, running);
    this.#mover = new GlobalMover({
      database,
      durations,
      events: new MoveEvents(events, reaches),
      say,
      running,
      reaches,
      fence: fence ?? null,
      deadlineMs: moveDeadlineMs ?? MOVE_DEADLINE_MS,
    });
    this.#operations = new RdsOperations({
      mover: this.#mover,
      view: () => this.#view(),
      events,
      tags: new ResourceTags(),
    });
  }

  /** Every region's endpoint listens. */
  get ready(): boolean {
    return REGIONS.every((region) => this.#endpoints.has(region));
  }

  /** Serves one region at its hidden address; a link leads there. */
  async listen(region: Region, at: Endpoint): Promise<void> {
    const endpoint = new QueryEndpoint(
      {
        name: 'rds',
        region,
        namespace: NAMESPACE,
        itemNames: ITEM_NAMES,
        perform: (operation, parameters) => this.#operations.perform(region, operation, parameters),
        targetOf,
      },
      this.#options.log,
      this.#options.say,
    );
    await endpoint.listen(at);
    this.#endpoints.set(region, endpoint);
  }

  /** A move in progress stops where it is; the database keeps the state it has reached. */
  async close(): Promise<void> {
    const closing = [...this.#endpoints.values()].map((endpoint) => endpoint.close());
    this.#endpoints.clear();
    await Promise.all([...closing, this.#mover.close()]);
  }

  /** Instances of a lost region show as unavailable, whatever their processes do. */
  markLost(region: Region): void {
    this.#lost.add(region);
    this.#synchronization.forget();
  }

  markHealed(region: Region): void {
    this.#lost.delete(region);
    this.#synchronization.forget();
  }

  /** A headless cluster has storage but no instance: it can be no target. The database's process is left alone. */
  setHeadless(region: Region, headless: boolean): void {
    if (headless) this.#headless.add(region);
    else this.#headless.delete(region);
    this.#options.say(`rds: ${clusterId(region)} ${headless ? 'has no instance' : 'has its instance'}`);
  }

  #running(region: Region): boolean {
    return !this.#lost.has(region) && this.#options.database.instance(region).alive;
  }

  #reaches(from: Region, to: Region): boolean {
    if (this.#lost.has(from) || this.#lost.has(to)) return false;
    return this.#options.reachable?.(from, to) ?? true;
  }

  async #view(): Promise<GlobalView> {
    const connected = await this.#synchronization.connected();
    const { database } = this.#options;
    if (this.#mover.awaitingRebuild && connected[this.#mover.awaitingRebuild]) this.#mover.rebuilt();
    const memberOf = (region: Region): MemberFacts => ({
      running: this.#running(region),
      connected: connected[region],
      headless: this.#headless.has(region),
    });
    return {
      writer: database.writer,
      members: { 'eu-west-1': memberOf('eu-west-1'), 'eu-west-3': memberOf('eu-west-3') },
      move: this.#mover.move,
      awaitingRebuild: this.#mover.awaitingRebuild,
      databasePort: {
        'eu-west-1': database.instance('eu-west-1').hidden.port,
        'eu-west-3': database.instance('eu-west-3').hidden.port,
      },
    };
  }
}
