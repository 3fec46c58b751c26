import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import type { Tags } from './tags.ts';

/** Something has the name but not our tag: whatever it is, it is left alone. */
export const nameTaken = (what: string, executionId: string, tags: Tags): ErrorShape =>
  errorShape('DR_NAME_TAKEN', `${what} is there already, and ${executionId} did not make it`, {
    field: what,
    expected: `tag ${TAG.execution} = ${executionId}`,
    actual: tags[TAG.execution] ?? null,
  });
