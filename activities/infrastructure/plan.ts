import { done, refuse } from '../../domain/action.ts';
import { planInfrastructure } from '../../runbooks/actions/infrastructure/plan.ts';
import { implement } from '../attempt/implement.ts';
import { addressesOf, judgeStack, unchangedIn } from './allowed-changes.ts';

export const plan = implement(planInfrastructure, {
  observe: (clients, { folder, variables }, { signal }) => clients.planInfrastructure(folder, variables, signal),
  decide({ folder, region }, planned) {
    const unfit = judgeStack(folder, region, planned);
    if (unfit) return refuse(unfit);
    const { kind, region: stands } = planned.backend;
    return done({
      creates: addressesOf(planned.changes, 'create'),
      updates: addressesOf(planned.changes, 'update'),
      unchanged: unchangedIn(planned.changes),
      state: kind === 'local' ? 'local, in the control place' : `${kind} in ${stands}`,
    });
  },
});
