import { errorShape, LifeboatError } from '../../domain/errors.ts';
import type { Service, ValidatedTable } from '../../domain/service.ts';
import { declaredValidation } from '../database/validation/declared-validation.ts';

/**
 * Tables of the service, or those named, in the order named.
 * @throws LifeboatError `DR_VALIDATION_NOT_DECLARED` naming what is not declared.
 */
export function comparedTables(service: Service, names?: readonly string[]): readonly ValidatedTable[] {
  const declared = declaredValidation(service)?.tables ?? [];
  const known = declared.map(({ table }) => table);
  const unknown = names?.filter((name) => !known.includes(name)) ?? [];
  if (declared.length === 0 || unknown.length > 0) {
    throw LifeboatError.of(
      errorShape(
        'DR_VALIDATION_NOT_DECLARED',
        unknown.length > 0
          ? `${service.name} declares no key and time of ${unknown.join(', ')}, so its rows cannot be told apart`
          : `${service.name} declares no table that can be compared`,
        { field: 'database.validation.tables', expected: known, actual: [...unknown] },
      ),
    );
  }
  return names ? names.map((name) => declared.find(({ table }) => table === name)!) : declared;
}

/** What comparing one table may take. */
export const comparingMs = (service: Service): number => (declaredValidation(service)?.deadlineSeconds ?? 60) * 1_000;
