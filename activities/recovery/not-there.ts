import { type ErrorShape, errorShape } from '../../domain/errors.ts';

export const notThere = (cluster: string, region: string): ErrorShape =>
  errorShape('DR_RESTORE_FAILED', `cluster ${cluster} is not in ${region}`, {
    field: cluster,
    expected: 'available',
    actual: null,
  });
