import { type Decision, done, refuse, wait } from '../../domain/action.ts';
import type { Bookmark } from '../../runbooks/actions/database/bookmark-schema.ts';
import { type Validation, validateDatabase } from '../../runbooks/actions/database/validate.ts';
import { implement } from '../attempt/implement.ts';
import { declaredValidation, validationNotDeclared } from './validation/declared-validation.ts';
import { judgeCopy } from './validation/judging/judge-copy.ts';
import { validationFailed } from './validation/judging/validation-failed.ts';
import { lookAtCopy } from './validation/look-at-copy.ts';

export const validate = implement(validateDatabase, {
  async observe(clients, { region, cluster, bookmark }, { service, mode }) {
    const validation = declaredValidation(service);
    // In a dry run nothing was restored: whatever has the name is not what would be validated.
    if (validation === null || mode === 'dry_run') return null;
    return lookAtCopy(clients, { region, cluster }, { service, validation, bookmark });
  },
  decide(input, seen, _acted, { service, observedAt }): Decision<Validation> {
    if (declaredValidation(service) === null) return validationNotDeclared(service);
    if (seen === null)
      return wait('nothing was restored that could be looked at', predicted(input.bookmark, observedAt));
    const { validation, failed } = judgeCopy(input.bookmark, seen);
    return failed.length === 0 ? done(validation) : refuse(validationFailed(input, validation, failed));
  },
});

/** A copy that is what the source was. */
function predicted(bookmark: Bookmark | null, observedAt: string): Validation {
  const rows = bookmark?.tables.reduce((sum, table) => sum + table.rows, 0) ?? null;
  return {
    validatedAt: observedAt,
    checks: [],
    passed: 0,
    rowsExpected: rows,
    rowsFound: rows ?? 0,
    newestCanaryAt: null,
    sizeBytes: bookmark?.sizeBytes ?? 0,
  };
}
