import { done } from '../../domain/action.ts';
import { bookmarkDatabase } from '../../runbooks/actions/database/bookmark.ts';
import { implement } from '../attempt/implement.ts';
import { declaredValidation, validationNotDeclared } from './validation/declared-validation.ts';
import { lookAtSource } from './validation/look-at-source.ts';

export const bookmark = implement(bookmarkDatabase, {
  async observe(clients, { region, cluster, asOf }, { service }) {
    const validation = declaredValidation(service);
    return validation && lookAtSource(clients, { region, cluster }, { service, validation, asOf });
  },
  decide: (_input, seen, _acted, { service }) => (seen === null ? validationNotDeclared(service) : done(seen)),
});
