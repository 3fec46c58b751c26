import type { RestorableWindow } from '../../backup/backups.ts';
import type { Region } from '../../topology.ts';
import type { ClusterSettings } from './clusters/cluster-settings.ts';
import { type GlobalMove, moveStatus } from './global-move.ts';

/** What is known of one region's cluster at one instant. */
export interface MemberFacts {
  readonly id: string;
  readonly arn: string;
  readonly settings: ClusterSettings;
  readonly createdAt: Date;
  /** The instance's process runs and the region is not lost. */
  readonly running: boolean;
  /** Follows the writer, on its timeline. True of the writer itself. */
  readonly connected: boolean;
  /** The cluster has no instance at all (headless). */
  readonly headless: boolean;
  /** What can be restored of it; of the writer's cluster only. */
  readonly window: RestorableWindow | null;
}

/** Everything the answers and refusals are made from, taken at one instant. */
export interface GlobalView {
  readonly writer: Region;
  /** Regions that have a member; the facts of any other mean nothing. */
  readonly present: readonly Region[];
  readonly members: Readonly<Record<Region, MemberFacts>>;
  readonly move: GlobalMove | null;
  /** The old primary's region that a move left behind, until it follows the new writer. */
  readonly awaitingRebuild: Region | null;
  /** The same in every region. */
  readonly databasePort: number;
}

export const globalStatus = (view: GlobalView): string => {
  const status = view.move ? moveStatus(view.move) : 'available';
  return status === 'pending' ? 'available' : status;
};

/**
 * A cluster's `Status`. Which words AWS shows in which second of a move is not documented; what is: they are not `available`
 * until the cluster can be used. `unavailable` is ours, for a region that would not answer at all.
 */
export function clusterStatus(view: GlobalView, region: Region): string {
  const member = view.members[region];
  const { move } = view;
  if (!member.running && !member.headless) return 'unavailable';
  if (move && move.phase !== 'pending') {
    if (move.phase === 'settling') return 'modifying';
    return region === move.to ? 'promoting' : 'failing-over';
  }
  // On AWS the old primary's volume is being rebuilt meanwhile.
  return region === view.awaitingRebuild ? 'modifying' : 'available';
}

/** `DBInstanceStatus`; as for clusters, `unavailable` is ours. */
export function instanceStatus(view: GlobalView, region: Region): string {
  if (!view.members[region].running) return 'unavailable';
  return view.move?.phase === 'moving' ? 'modifying' : 'available';
}
