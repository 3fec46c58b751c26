import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { promoteDatabase } from '../../runbooks/actions/database/promote.ts';
import { implement } from '../attempt/implement.ts';
import { availableInstances, operationUnderWay, regionOfArn, seeGlobalCluster, writerArn } from './global-cluster.ts';

export const promote = implement(promoteDatabase, {
  observe: (clients, input) => seeGlobalCluster(clients, input),
  decide(input, { global, cluster, instances }, acted, { observedAt }) {
    const operation = operationUnderWay(global);
    const isWriter = writerArn(global) === input.clusterArn;
    const available = cluster?.Status === 'available' && availableInstances(instances) > 0;
    const promoted = { writerRegion: input.region, endpoint: cluster?.Endpoint ?? '', promotedAt: observedAt };
    if (isWriter && available && !operation) return done(promoted);
    if (operation && operation.to !== input.clusterArn) {
      return refuse(
        errorShape(
          'DR_DB_GLOBAL_STATE',
          `${input.globalCluster} is ${operation.status} towards ${regionOfArn(operation.to ?? undefined) ?? 'elsewhere'}`,
          {
            expected: 'no other operation under way',
            actual: operation.status,
          },
        ),
      );
    }
    // Under way, or asked for and not yet visible: asking twice is refused by AWS, so only look.
    if (operation || isWriter || acted) {
      return wait(`${operation?.status ?? 'asked for'}; cluster ${cluster?.Status ?? 'unknown'}`, promoted);
    }
    if (!available) {
      return refuse(
        errorShape(
          'DR_STANDBY_NOT_READY',
          `cluster ${input.cluster} is '${cluster?.Status ?? 'missing'}', must be 'available' with an available instance`,
          {
            field: input.cluster,
            expected: 'available',
            actual: cluster?.Status ?? null,
          },
        ),
      );
    }
    return call([failover(input)], 'the standby is ready and the fence is taken', promoted);
  },
});

const failover = (input: { region: string; globalCluster: string; clusterArn: string }): Call => ({
  service: 'rds',
  operation: 'FailoverGlobalCluster',
  region: input.region,
  target: `${input.globalCluster} → ${input.region}`,
  input: {
    GlobalClusterIdentifier: input.globalCluster,
    TargetDbClusterIdentifier: input.clusterArn,
    AllowDataLoss: true,
  },
});
