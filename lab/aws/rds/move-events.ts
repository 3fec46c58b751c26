import type { Region } from '../../topology.ts';
import type { MemberClusters } from './clusters/member-clusters.ts';
import type { GlobalMove } from './global-move.ts';
import type { RegionalEvents } from './regional-events.ts';

const CATEGORY = 'global-failover';
// The documentation prints the pair as words; their spelling in the API's answers was not verified.
const FENCING_CATEGORIES = ['notification', 'global-database'];

/**
 * The documented messages of a move (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html),
 * with the RDS event id beside each. A failover has no `started` message there, so there is none here. In which regions AWS
 * records the cluster events is not documented: here in both, except in an old primary's region that is not reached.
 */
export class MoveEvents {
  readonly #events: Readonly<Record<Region, RegionalEvents>>;
  readonly #members: MemberClusters;
  readonly #reaches: (from: Region, to: Region) => boolean;

  constructor(
    events: Readonly<Record<Region, RegionalEvents>>,
    members: MemberClusters,
    reaches: (from: Region, to: Region) => boolean,
  ) {
    this.#events = events;
    this.#members = members;
    this.#reaches = reaches;
  }

  started(move: GlobalMove): void {
    if (!move.unplanned) this.#everywhere(move, `Global switchover to ${this.#cluster(move.to)} started.`); // 0181
  }

  /** 0390 or 0391: recorded in the old primary's region when it is reached, otherwise in the new one's (documented). */
  writesBlocked(move: GlobalMove, succeeded: boolean): void {
    const outcome = succeeded ? 'succeeded' : 'timed out';
    const where = this.#reaches(move.to, move.from) ? move.from : move.to;
    this.#events[where].ofInstance(
      `Attempt to block writes for ${this.#cluster(move.from)} ${outcome}.`,
      FENCING_CATEGORIES,
    );
  }

  /** 0182 and 0184: what a switchover reports once both sides have changed roles. */
  rolesChanged(move: GlobalMove): void {
    this.#everywhere(move, `Old primary ${this.#cluster(move.from)} successfully shut down.`);
    this.#everywhere(move, `New primary ${this.#cluster(move.to)} was successfully promoted.`);
  }

  /** 0185 or 0238. */
  ended(move: GlobalMove): void {
    const message = move.unplanned
      ? `Global failover to ${this.#cluster(move.to)} completed.`
      : `Global switchover to ${this.#cluster(move.to)} finished.`;
    this.#everywhere(move, message);
  }

  /** 0187 or 0239. */
  failed(move: GlobalMove): void {
    const operation = move.unplanned ? 'failover' : 'switchover';
    this.#everywhere(move, `Global ${operation} to ${this.#cluster(move.to)} failed.`);
  }

  #cluster(region: Region): string {
    return `DB cluster ${this.#members.id(region)} in Region ${region}`;
  }

  #everywhere(move: GlobalMove, message: string): void {
    this.#events[move.to].ofCluster(message, CATEGORY);
    if (this.#reaches(move.to, move.from)) this.#events[move.from].ofCluster(message, CATEGORY);
  }
}
