import { done } from '../../domain/action.ts';
import { validationDue as contract } from '../../runbooks/actions/snapshot/validation-due.ts';
import { implement } from '../attempt/implement.ts';
import { highestOrdinal, type SeenCopy, seeCopies, usableCopies } from './copies.ts';

export const validationDue = implement(contract, {
  observe: (clients, { region, cluster }, { service }) =>
    seeCopies(clients, { region, cluster, service: service.name }),
  decide({ every }, copies, _acted, { mode }) {
    // The copy that a dry run would make is still to come.
    const sinceLast = copiesSinceValidated(copies) + (mode === 'dry_run' ? 1 : 0);
    return done({ due: sinceLast >= every, sinceLast, every });
  },
});

/**
 * Copies made since one was last found whole; all that were ever made when none was. Counted by their numbers: those between may have
 * been pruned long ago. Pure.
 */
function copiesSinceValidated(copies: readonly SeenCopy[]): number {
  const usable = usableCopies(copies);
  const lastValidated = usable.find(({ validatedAt }) => validatedAt !== null);
  const newer = lastValidated ? usable.indexOf(lastValidated) : usable.length;
  return Math.max(newer, highestOrdinal(copies) - (lastValidated?.ordinal ?? 0));
}
