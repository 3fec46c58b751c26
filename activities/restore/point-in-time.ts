import type { DBCluster } from '@aws-sdk/client-rds';
import { type Call, call, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { KIND, restoredClusterOf } from '../../runbooks/actions/restore/naming.ts';
import { restoreToPointInTime as contract } from '../../runbooks/actions/restore/point-in-time.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster } from './look-up.ts';
import { placementInput } from './placement-input.ts';
import { judgeRestored } from './restored.ts';
import { createdTags } from './tags.ts';

export const pointInTime = implement(contract, {
  async observe(clients, { region, sourceCluster, executionId }) {
    const cluster = await findCluster(clients, region, restoredClusterOf(executionId));
    return { cluster, source: cluster ? null : await findCluster(clients, region, sourceCluster) };
  },
  decide(input, { cluster, source }, acted, { service, observedAt }) {
    const { region, executionId } = input;
    const name = restoredClusterOf(executionId);
    if (cluster) return judgeRestored(cluster, { name, executionId, observedAt }, true);
    if (acted) return wait(`the restore was asked for; cluster ${name} is not to be seen yet`);
    if (!source) {
      return refuse(
        errorShape('DR_RESTORE_FAILED', `there is no cluster ${input.sourceCluster} in ${region} to restore`, {
          field: 'sourceCluster',
          expected: input.sourceCluster,
          actual: null,
        }),
      );
    }
    const restore: Call = {
      service: 'rds',
      operation: 'RestoreDBClusterToPointInTime',
      region,
      target: `${input.sourceCluster} at ${input.restoreTo} → ${name}`,
      input: {
        DBClusterIdentifier: name,
        SourceDBClusterIdentifier: input.sourceCluster,
        RestoreType: 'full-copy',
        RestoreToTime: input.restoreTo,
        ...placementInput(input.placement, input.keep ?? false),
        ...asTheSource(source),
        Tags: createdTags({
          executionId,
          service: service.name,
          kind: input.keep ? KIND.keep : KIND.restore,
          requestedAt: observedAt,
        }),
      },
    };
    return call([restore], `${input.sourceCluster} is not restored yet`, {
      cluster: name,
      clusterArn: (source.DBClusterArn ?? '').replace(/[^:]*$/, name),
      restoreRequestedAt: observedAt,
      restoredAt: observedAt,
    });
  },
});

/** What AWS would not take over from the source by itself. */
const asTheSource = ({ IAMDatabaseAuthenticationEnabled, ServerlessV2ScalingConfiguration }: DBCluster) => {
  const { MinCapacity, MaxCapacity } = ServerlessV2ScalingConfiguration ?? {};
  return {
    ...(IAMDatabaseAuthenticationEnabled && { EnableIAMDatabaseAuthentication: true }),
    ...(MinCapacity !== undefined &&
      MaxCapacity !== undefined && { ServerlessV2ScalingConfiguration: { MinCapacity, MaxCapacity } }),
  };
};
