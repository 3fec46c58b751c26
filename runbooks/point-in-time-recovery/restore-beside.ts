import type { RestorePlacement } from '../../domain/service.ts';
import { validateDatabase } from '../actions/database/validate.ts';
import { measureRestore } from '../actions/measure/restore.ts';
import { compareWithCopy } from '../actions/recovery/compare.ts';
import { awaitRestorable } from '../actions/restore/await-restorable.ts';
import { checkPlacement } from '../actions/restore/check-placement.ts';
import { createInstance } from '../actions/restore/create-instance.ts';
import { restoreToPointInTime } from '../actions/restore/point-in-time.ts';
import type { NodeHandle } from '../language/step.ts';
import { restoreCommands } from '../manual/restore-commands.ts';
import type { Damaged, Placement, RecoveryTools } from './recovery.ts';
import { recoveryCommands } from './recovery-commands.ts';

const REMOVED = 'The clean-up at the end removes it';

/**
 * Restores the database to the instant, beside the running one, looks whether the copy is whole, and compares the two: what every branch
 * begins with.
 * @param placed how the placement reads in commands that people type.
 */
export function restoreBeside(
  { service, params, step, execution }: RecoveryTools,
  { region, source }: Damaged,
  place: {
    readonly placement: Placement;
    readonly placed: RestorePlacement;
    readonly after?: readonly NodeHandle[];
  },
) {
  const { placement, placed: typed, after = [] } = place;
  const goes = params.then === 'copy-rows' ? `${REMOVED}.` : `${REMOVED}, unless people decide to keep it.`;
  const manual = restoreCommands(service, region, typed);
  const byHand = recoveryCommands(service, { region, source, restoreTo: params.restoreTo });

  const restorable = step(
    'await-restorable',
    awaitRestorable,
    { region, cluster: source, restoreTo: params.restoreTo },
    {
      why: 'An instant outside the window cannot be had, and damage moments ago is not in the backups yet.',
      expectSeconds: 60,
      manual: [manual.name, byHand.restorable].join('\n'),
    },
  );
  const restored = step(
    'restore-beside',
    restoreToPointInTime,
    { region, sourceCluster: source, restoreTo: restorable.out.restoreTo, executionId: execution.id, placement },
    {
      why: 'Beside the running database, so that nothing is lost by looking.',
      after,
      marks: 'restore_requested',
      withoutUndo: goes,
      expectSeconds: 600,
      manual: manual.pointInTime(source, params.restoreTo),
    },
  );
  const placed = step(
    'check-placement',
    checkPlacement,
    { region, cluster: restored.out.cluster, executionId: execution.id, placement },
    {
      why: 'A copy of production must stand where production’s rules hold.',
      expectSeconds: 1,
      manual: manual.placement,
    },
  );
  const instance = step(
    'create-instance',
    createInstance,
    {
      region,
      cluster: restored.out.cluster,
      executionId: execution.id,
      instanceClass: placement.instanceClass,
      keep: false,
    },
    {
      why: 'Aurora restores storage only: nothing answers without an instance.',
      after: [placed],
      marks: 'restored',
      withoutUndo: goes,
      expectSeconds: 300,
      manual: manual.instance,
    },
  );
  const validated = step(
    'validate',
    validateDatabase,
    { region, cluster: instance.out.cluster, bookmark: null },
    {
      why: 'Nobody should mend a database from a copy that is damaged itself. The damaged one is no measure of it: the copy must prove itself.',
      marks: 'validated',
      expectSeconds: 60,
      manual: manual.validate(params.restoreTo),
    },
  );
  const pair = { region, source, copy: instance.out.cluster, restoredTo: restorable.out.restoreTo };
  const compared = step(
    'compare',
    compareWithCopy,
    { ...pair, whole: [] },
    {
      why: 'What is missing, what was altered, and what has been written since: only then can anybody decide.',
      after: [validated],
      expectSeconds: 60,
      manual: byHand.compare,
    },
  );
  const measured = step(
    'measure-restore',
    measureRestore,
    {
      restoreRequestedAt: restored.out.restoreRequestedAt,
      validatedAt: validated.out.validatedAt,
      restoredTo: restorable.out.restoreTo,
      firstLookAt: null,
      latestAtFirstLook: null,
      newestCanaryAt: validated.out.newestCanaryAt,
      sizeBytes: validated.out.sizeBytes,
    },
    { why: 'Every real restore says how long the next will take.', expectSeconds: 1, manual: manual.measure },
  );
  return {
    pair,
    instance,
    compared,
    measured,
    manual,
    byHand,
    /** What whoever decides is shown. */
    facts: [restorable, placed, validated, compared],
  };
}
