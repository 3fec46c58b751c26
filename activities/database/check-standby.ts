import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { checkStandby as contract } from '../../runbooks/actions/database/check-standby.ts';
import { implement } from '../attempt/implement.ts';
import {
  availableInstances,
  operationUnderWay,
  regionOfArn,
  seeGlobalCluster,
  strayWriter,
  writerArn,
} from './global-cluster.ts';

export const checkStandby = implement(contract, {
  observe: (clients, input) => seeGlobalCluster(clients, input),
  decide(input, { global, cluster, instances }, _acted, { service }) {
    const writerRegion = regionOfArn(writerArn(global));
    if (writerRegion === input.region) {
      return refuse(
        errorShape('DR_REGION_ALREADY_SERVING', `${input.region} holds the writer already`, {
          field: 'to',
          expected: 'a region that does not hold the writer',
          actual: input.region,
        }),
      );
    }
    const operation = operationUnderWay(global);
    if (operation) {
      return refuse(
        errorShape('DR_DB_GLOBAL_STATE', `${input.globalCluster} is ${operation.status}, it must be idle`, {
          expected: 'no operation under way',
          actual: operation.status,
        }),
      );
    }
    const member = global.GlobalClusterMembers?.find((candidate) => candidate.DBClusterArn === input.clusterArn);
    const available = availableInstances(instances);
    const stray = strayWriter(global, service);
    const because = [
      ...(stray === null ? [] : [`it follows ${stray}, which is not the database that ${service.name} writes to`]),
      ...(member ? [] : [`${input.cluster} is no member of ${input.globalCluster}`]),
      ...(cluster?.Status === 'available'
        ? []
        : [`cluster ${input.cluster} is ${cluster?.Status ?? 'missing'}, must be available`]),
      ...(available > 0 ? [] : [`${input.cluster} has no available instance`]),
    ];
    if (because.length > 0) {
      return refuse(
        errorShape('DR_STANDBY_NOT_READY', `the standby in ${input.region} cannot be promoted: ${because.join('; ')}`, {
          field: input.cluster,
          expected: 'a member of the service’s own global cluster, available, with an available instance',
          actual: cluster?.Status ?? null,
        }),
      );
    }
    return done({
      ready: true,
      engineVersion: cluster?.EngineVersion ?? null,
      writerRegion,
      globalStatus: global.Status ?? 'unknown',
      clusterStatus: cluster?.Status ?? null,
      availableInstances: available,
      synchronization: member?.SynchronizationStatus ?? null,
    });
  },
});
