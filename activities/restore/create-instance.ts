import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import { createInstance as contract } from '../../runbooks/actions/restore/create-instance.ts';
import { KIND, restoredInstanceOf } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster, findInstance } from './look-up.ts';
import { nameTaken } from './name-taken.ts';
import { isBroken } from './status.ts';
import { createdTags, isOf, tagsOf } from './tags.ts';

const LIKELY_ENGINE = 'aurora-postgresql';
const LIKELY_PORT = 5432;

export const createInstance = implement(contract, {
  async observe(clients, { region, cluster, executionId }) {
    const [found, instance] = await Promise.all([
      findCluster(clients, region, cluster),
      findInstance(clients, region, restoredInstanceOf(executionId)),
    ]);
    return { cluster: found, instance };
  },
  decide(input, { cluster, instance }, acted, { service, mode, observedAt }) {
    const { region, executionId, keep } = input;
    const name = restoredInstanceOf(executionId);
    const output = {
      cluster: input.cluster,
      instance: name,
      endpoint: cluster?.Endpoint ?? '',
      port: cluster?.Port ?? LIKELY_PORT,
      instanceAvailableAt: observedAt,
    };
    const create: Call = {
      service: 'rds',
      operation: 'CreateDBInstance',
      region,
      target: `${name} in ${input.cluster}`,
      input: {
        DBInstanceIdentifier: name,
        DBClusterIdentifier: input.cluster,
        DBInstanceClass: input.instanceClass,
        Engine: cluster?.Engine ?? LIKELY_ENGINE,
        PubliclyAccessible: false,
        Tags: createdTags({
          executionId,
          service: service.name,
          kind: keep ? KIND.keep : KIND.restore,
          requestedAt: observedAt,
        }),
      },
    };
    if (!cluster) {
      return mode === 'dry_run'
        ? wait('the cluster will be restored by then', output, [create])
        : refuse(broken(`cluster ${input.cluster}`, 'missing'));
    }
    const clusterTags = tagsOf(cluster);
    if (!isOf(clusterTags, executionId)) {
      return refuse(nameTaken(`cluster ${input.cluster}`, executionId, clusterTags));
    }
    if (isBroken(cluster.Status)) return refuse(broken(`cluster ${input.cluster}`, cluster.Status));
    if (instance) {
      const tags = tagsOf(instance);
      if (!isOf(tags, executionId) || instance.DBClusterIdentifier !== input.cluster) {
        return refuse(nameTaken(`instance ${name}`, executionId, tags));
      }
      if (isBroken(instance.DBInstanceStatus)) return refuse(broken(`instance ${name}`, instance.DBInstanceStatus));
      if (instance.DBInstanceStatus === 'available' && cluster.Status === 'available' && cluster.Endpoint) {
        return done(output);
      }
      return wait(
        `instance ${name} is ${instance.DBInstanceStatus ?? 'in no state'}, its cluster ${cluster.Status ?? 'in no state'}`,
        output,
      );
    }
    if (acted) return wait(`instance ${name} was asked for and is not to be seen yet`, output);
    if (cluster.Status !== 'available') {
      return wait(`cluster ${input.cluster} is ${cluster.Status ?? 'in no state'}`, output, [create]);
    }
    return call([create], 'Aurora restores storage only: nothing answers without an instance', output);
  },
});

const broken = (what: string, status: string | undefined): ErrorShape =>
  errorShape('DR_RESTORE_FAILED', `${what} is '${status ?? 'unknown'}', it should have become 'available'`, {
    field: what,
    expected: 'available',
    actual: status ?? null,
  });
