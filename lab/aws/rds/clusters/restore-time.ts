import type { RestorableWindow } from '../../../backup/backups.ts';
import { invalidCombination } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import { rdsFault } from '../rds-faults.ts';

/** What a point-in-time request asks for: an instant, or the latest there is. Throws when it names both, or neither. */
export function readRestoreTime(parameters: QueryParameters): Date | 'latest' {
  const instant = parameters.instant('RestoreToTime');
  const latest = parameters.flag('UseLatestRestorableTime') ?? false;
  if (instant && latest) {
    throw invalidCombination('RestoreToTime and UseLatestRestorableTime cannot be specified together.');
  }
  if (!instant && !latest) {
    throw invalidCombination('Either RestoreToTime or UseLatestRestorableTime must be specified.');
  }
  if (parameters.text('RestoreType') === 'copy-on-write') {
    // AWS refuses RestoreToTime with it, and would make a clone otherwise; the lab's storage cannot.
    throw invalidCombination('RestoreType copy-on-write cannot be used here: the lab makes full copies only.');
  }
  return instant ?? 'latest';
}

/**
 * The instant a restore goes to. Which code AWS answers to a time outside the window was not verified: among those the operation
 * lists, this one says that such a restore cannot be.
 */
export function instantInside(window: RestorableWindow | null, asked: Date | 'latest', source: string): Date {
  if (!window) {
    throw rdsFault('InvalidRestoreFault', `DB cluster ${source} has no restorable time yet.`);
  }
  if (asked === 'latest') return window.latest;
  const [earliest, latest] = [window.earliest.toISOString(), window.latest.toISOString()];
  if (asked < window.earliest) {
    throw rdsFault(
      'InvalidRestoreFault',
      `DB cluster ${source} cannot be restored to ${asked.toISOString()}: the earliest restorable time is ${earliest}.`,
    );
  }
  if (asked > window.latest) {
    throw rdsFault(
      'InvalidRestoreFault',
      `DB cluster ${source} cannot be restored to ${asked.toISOString()}: the latest restorable time is ${latest}.`,
    );
  }
  return asked;
}
