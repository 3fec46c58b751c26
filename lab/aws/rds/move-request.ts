import { GLOBAL_CLUSTER, type Region } from '../../topology.ts';
import { invalidCombination, invalidValue, type QueryFault } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';
import type { GlobalMove } from './global-move.ts';
import { clusterStatus, type GlobalView, instanceStatus } from './global-view.ts';
import { rdsFault } from './rds-faults.ts';

/** What `FailoverGlobalCluster` or `SwitchoverGlobalCluster` asks for, as far as the request alone tells. */
interface MoveRequest {
  readonly target: Region;
  readonly unplanned: boolean;
  /** Region whose endpoint received it. */
  readonly receivedIn: Region;
}

/** Reads the request; throws for what no state of the cluster could make acceptable. */
export function readMoveRequest(
  operation: 'FailoverGlobalCluster' | 'SwitchoverGlobalCluster',
  parameters: QueryParameters,
  receivedIn: Region,
  regionOf: (arn: string) => Region | undefined,
): MoveRequest {
  const globalCluster = parameters.required('GlobalClusterIdentifier');
  const targetArn = parameters.required('TargetDbClusterIdentifier');
  const allowDataLoss = operation === 'FailoverGlobalCluster' && parameters.flag('AllowDataLoss') === true;
  if (allowDataLoss && parameters.flag('Switchover') === true) {
    throw invalidCombination("You can't specify both AllowDataLoss and Switchover.");
  }
  if (globalCluster.toLowerCase() !== GLOBAL_CLUSTER) throw globalClusterNotFound(globalCluster);
  // The model says the target is an ARN; which code AWS answers to a plain identifier was not verified.
  if (!targetArn.startsWith('arn:')) {
    throw invalidValue(`TargetDbClusterIdentifier must be the ARN of a DB cluster, not ${targetArn}.`);
  }
  const target = regionOf(targetArn);
  if (target === undefined) throw rdsFault('DBClusterNotFoundFault', `DBCluster ${targetArn} not found.`);
  // Without AllowDataLoss the failover call is a switchover, whether or not Switchover is given.
  return { target, unplanned: allowDataLoss, receivedIn };
}

/** Why the global cluster cannot make this move now; `null` when it can. */
export function moveRefusal(request: MoveRequest, view: GlobalView): QueryFault | null {
  const { target, unplanned, receivedIn } = request;
  if (view.move) return inProgress(view.move);
  if (target === view.writer) {
    return rdsFault('InvalidGlobalClusterStateFault', `DB cluster in ${target} is already the primary cluster.`);
  }
  if (!unplanned && clusterStatus(view, view.writer) !== 'available') {
    const message = `Primary DB cluster in ${view.writer} is ${clusterStatus(view, view.writer)}: a switchover needs it available.`;
    return rdsFault('InvalidGlobalClusterStateFault', message);
  }
  // Documented is where to call; what AWS answers to a call in the other region was not verified.
  const expected = unplanned ? target : view.writer;
  if (receivedIn !== expected) {
    const role = unplanned ? 'target secondary' : 'primary';
    return invalidValue(
      `Call this operation in ${expected}, the Region of the ${role} DB cluster, not in ${receivedIn}.`,
    );
  }
  return targetRefusal(target, view) ?? (unplanned ? null : unsynchronized(target, view));
}

function targetRefusal(target: Region, view: GlobalView): QueryFault | null {
  if (view.members[target].headless) {
    const message = `DB cluster in ${target} has no DB instance: add one before you switch or fail over to it.`;
    return rdsFault('InvalidDBClusterStateFault', message);
  }
  const [cluster, instance] = [clusterStatus(view, target), instanceStatus(view, target)];
  if (cluster === 'available' && instance === 'available') return null;
  const message = `DB cluster in ${target} is ${cluster} and its instance ${instance}: both must be available.`;
  return rdsFault('InvalidDBClusterStateFault', message);
}

function unsynchronized(target: Region, view: GlobalView): QueryFault | null {
  if (view.members[target].connected) return null;
  const message = `DB cluster in ${target} is pending-resync: a switchover needs it connected.`;
  return rdsFault('InvalidGlobalClusterStateFault', message);
}

const inProgress = (move: GlobalMove): QueryFault =>
  rdsFault(
    'InvalidGlobalClusterStateFault',
    `A ${move.unplanned ? 'failover' : 'switchover'} from ${move.from} to ${move.to} is in progress.`,
  );

export const globalClusterNotFound = (identifier: string): QueryFault =>
  rdsFault('GlobalClusterNotFoundFault', `Global cluster ${identifier} not found.`);
