import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { checkVacancy as contract } from '../../runbooks/actions/recovery/check-vacancy.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import { findCluster } from '../restore/look-up.ts';
import { tagsOf } from '../restore/tags.ts';

export const checkVacancy = implement(contract, {
  observe: (clients, { region, cluster }) => findCluster(clients, region, cluster),
  decide({ region, cluster, executionId }, found) {
    const maker = found ? (tagsOf(found)[TAG.execution] ?? null) : null;
    if (!found || maker === executionId) return done({ cluster, vacant: true });
    const what = `there is a database ${cluster} in ${region} already, '${found.Status ?? 'unknown'}'`;
    const remedy =
      maker === null
        ? 'If it is the standby, promoting it loses less: --param strategy=failover. If that is refused because it follows a database the service no longer writes to, delete it, then start again.'
        : `${maker} restored it: if nobody uses it, delete it; if it is the database to serve from, move traffic to it.`;
    return refuse(
      errorShape('DR_NAME_TAKEN', maker === null ? what : `${what}, restored by ${maker}`, {
        field: cluster,
        expected: 'no cluster of that name',
        actual: found.Status ?? null,
        remedy,
      }),
    );
  },
});
