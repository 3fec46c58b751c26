import type { Region } from '../../topology.ts';

export type MovePhase = 'pending' | 'moving' | 'settling';

/** A failover or switchover of the global cluster in progress. */
export interface GlobalMove {
  readonly from: Region;
  readonly to: Region;
  /** Data loss allowed: an unplanned failover. Otherwise a switchover. */
  readonly unplanned: boolean;
  readonly phase: MovePhase;
}

/** `FailoverState.Status`: stays at the operation's own word until all is settled. */
export function moveStatus(move: GlobalMove): 'pending' | 'failing-over' | 'switching-over' {
  if (move.phase === 'pending') return 'pending';
  return move.unplanned ? 'failing-over' : 'switching-over';
}
