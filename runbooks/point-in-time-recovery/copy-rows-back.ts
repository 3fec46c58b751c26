import { LifeboatError } from '../../domain/errors.ts';
import { compareWithCopy } from '../actions/recovery/compare.ts';
import { copyRows } from '../actions/recovery/copy-rows.ts';
import { restorePlacementOf } from '../service-parts.ts';
import { type Damaged, type RecoveryParameters, type RecoveryTools, refuseParameter } from './recovery.ts';
import { restoreBeside } from './restore-beside.ts';

/** `copy-rows`: rows that are missing are put back from the restored copy. */
export function copyRowsBack(tools: RecoveryTools, damaged: Damaged): void {
  const { service, params, step, gate } = tools;
  refuseParameter(params, 'lossAtMostRows', 'swap');
  const tables = tablesOf(params);
  const placement = restorePlacementOf(service, damaged.region);
  const { pair, facts, byHand } = restoreBeside(tools, damaged, { placement, placed: placement });

  const approval = gate('approve-copying', {
    why: 'Rows are written into the running database, those deleted on purpose among them. Somebody other than the asker says yes to that.',
    shows: facts,
    roles: ['approver'],
    quorum: params.quorum,
  });
  const copied = step(
    'copy-rows',
    copyRows,
    { ...pair, tables },
    {
      why: 'Only what is missing is put back: whatever was booked since stays.',
      after: [approval],
      withoutUndo: 'Rows that are back may be used at once; which to take out again is for people to say.',
      expectSeconds: 60,
      manual: byHand.copyRows(tables),
    },
  );
  step(
    'compare-again',
    compareWithCopy,
    { ...pair, whole: tables },
    {
      why: 'Done is when nothing is missing any more.',
      after: [copied],
      expectSeconds: 60,
      manual: byHand.compare,
    },
  );
}

function tablesOf({ tables }: RecoveryParameters): readonly string[] {
  const named = (tables ?? '')
    .split(',')
    .map((table) => table.trim())
    .filter((table) => table !== '');
  if (named.length > 0) return named;
  throw new LifeboatError('DR_PARAMETER_INVALID', 'then=copy-rows wants tables: whose rows shall be put back?', {
    field: 'tables',
    expected: 'names separated by commas, those that others refer to first',
    actual: tables ?? null,
    remedy: '--param tables=bookings,reminders',
  });
}
