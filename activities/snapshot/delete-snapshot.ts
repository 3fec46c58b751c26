import type { Call } from '../../domain/action.ts';

/** The one call that removes a snapshot or a copy. */
export const deleteSnapshot = (region: string, snapshot: string): Call => ({
  service: 'rds',
  operation: 'DeleteDBClusterSnapshot',
  region,
  target: snapshot,
  input: { DBClusterSnapshotIdentifier: snapshot },
});
