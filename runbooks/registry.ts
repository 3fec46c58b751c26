import { LifeboatError } from '../domain/errors.ts';
import type { Runbook } from './language/runbook.ts';
import { pitrRestoreDrill } from './pitr-restore-drill.ts';
import { pointInTimeRecovery } from './point-in-time-recovery.ts';
import { posture } from './posture.ts';
import { regionFailover } from './region-failover.ts';
import { snapshotCopy } from './snapshot-copy.ts';

/** Every runbook there is, by what people type. */
export const RUNBOOKS: readonly Runbook[] = [
  regionFailover,
  pitrRestoreDrill,
  snapshotCopy,
  posture,
  pointInTimeRecovery,
];

/** @throws LifeboatError `DR_RUNBOOK_UNKNOWN` naming those there are. */
export function runbookById(id: string): Runbook {
  const found = RUNBOOKS.find((runbook) => runbook.id === id);
  if (found) return found;
  const known = RUNBOOKS.map((runbook) => runbook.id).join(', ');
  throw new LifeboatError('DR_RUNBOOK_UNKNOWN', `there is no runbook ${id}; there are ${known}`, {
    field: 'runbook',
    expected: known,
    actual: id,
  });
}
