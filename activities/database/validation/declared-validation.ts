import { type Decision, refuse } from '../../../domain/action.ts';
import { errorShape } from '../../../domain/errors.ts';
import type { Service, ServiceValidation } from '../../../domain/service.ts';

/** How the service says that a restored database is whole; `null` when it says so of no table. */
export function declaredValidation({ database }: Service): ServiceValidation | null {
  const { validation } = database;
  return validation && validation.tables.length > 0 ? validation : null;
}

export const validationNotDeclared = ({ name }: Service): Decision<never> =>
  refuse(
    errorShape('DR_VALIDATION_NOT_DECLARED', `${name} declares no table that a restore must bring back`, {
      field: 'database.validation.tables',
      expected: 'at least one table with its key and timestamp columns',
      actual: null,
    }),
  );
