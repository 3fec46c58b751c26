import type { DBCluster } from '@aws-sdk/client-rds';
import { done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import type { RestorePlacement } from '../../domain/service.ts';
import { checkPlacement as contract } from '../../runbooks/actions/restore/check-placement.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster } from './look-up.ts';
import { tagsOf } from './tags.ts';

export const checkPlacement = implement(contract, {
  observe: (clients, { region, cluster }) => findCluster(clients, region, cluster),
  decide({ cluster, executionId, placement }, found, _acted, { mode }) {
    if (!found) {
      return mode === 'dry_run'
        ? wait('the cluster will be restored by then', asDeclared(placement))
        : refuse(
            errorShape('DR_RESTORE_FAILED', `cluster ${cluster} is not there any more`, {
              field: cluster,
              expected: 'available',
              actual: null,
            }),
          );
    }
    const stands = placementOf(found);
    const declared = asDeclared(placement);
    const differences = [
      differs('subnet group', stands.subnetGroup, declared.subnetGroup),
      differs('security groups', listed(stands.securityGroups), listed(declared.securityGroups)),
      differs('parameter group', stands.parameterGroup, declared.parameterGroup),
      differs('key', stands.kmsKey ?? 'none', declared.kmsKey ?? 'none'),
      differs('storage', storage(stands.encrypted), storage(declared.encrypted)),
      differs(`tag ${TAG.execution}`, tagsOf(found)[TAG.execution] ?? 'none', executionId),
    ].filter((difference) => difference !== null);
    if (differences.length === 0) return done(stands);
    const message = `cluster ${cluster} is not where it was put: ${differences.map(({ says }) => says).join('; ')}`;
    return refuse(
      errorShape('DR_RESTORE_MISPLACED', message, {
        field: cluster,
        expected: differences.map(({ declared }) => declared),
        actual: differences.map(({ found }) => found),
      }),
    );
  },
});

const placementOf = (cluster: DBCluster) => ({
  subnetGroup: cluster.DBSubnetGroup ?? '',
  securityGroups: (cluster.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => (id ? [id] : [])).sort(),
  parameterGroup: cluster.DBClusterParameterGroup ?? '',
  kmsKey: cluster.KmsKeyId ?? null,
  encrypted: cluster.StorageEncrypted ?? false,
});

const asDeclared = ({ subnetGroup, securityGroups, parameterGroup, kmsKey }: RestorePlacement) => ({
  subnetGroup,
  securityGroups: [...securityGroups].sort(),
  parameterGroup,
  kmsKey: kmsKey ?? null,
  encrypted: kmsKey !== undefined,
});

const differs = (what: string, found: string, declared: string) =>
  found === declared ? null : { says: `${what} ${found || 'none'}, declared ${declared}`, declared, found };

const listed = (ids: readonly string[]): string => ids.join(', ');
const storage = (encrypted: boolean): string => (encrypted ? 'encrypted' : 'not encrypted');
