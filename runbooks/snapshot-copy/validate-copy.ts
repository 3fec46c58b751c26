import { bookmarkDatabase } from '../actions/database/bookmark.ts';
import { validateDatabase } from '../actions/database/validate.ts';
import { measureRestore } from '../actions/measure/restore.ts';
import { checkPlacement } from '../actions/restore/check-placement.ts';
import { createInstance } from '../actions/restore/create-instance.ts';
import { restoreFromSnapshot } from '../actions/restore/from-snapshot.ts';
import { markCopy } from '../actions/snapshot/mark-copy.ts';
import { validationDue } from '../actions/snapshot/validation-due.ts';
import type { Ref } from '../language/reference.ts';
import type { BuildTools } from '../language/runbook.ts';
import { type NodeHandle, underSameCondition } from '../language/step.ts';
import { restoreCommands } from '../manual/restore-commands.ts';
import { snapshotCopyCommands } from '../manual/snapshot-copy-commands.ts';
import { clusterOf, restorePlacementOf } from '../service-parts.ts';

const REMOVED_AT_THE_END = 'The clean-up at the end removes it, whatever happens.';

interface CopyToValidate {
  readonly from: string;
  readonly to: string;
  /** Cluster the copy is of. */
  readonly cluster: string;
  /** Every so many copies one is validated; 1: each. */
  readonly every: number;
  readonly copy: Ref<{ readonly snapshot: string; readonly snapshotArn: string }>;
  readonly dataTime: Ref<string>;
  readonly verified: NodeHandle;
}

/** When it is this copy's turn: restores it in the region it was copied to, looks whether it is whole, and writes that on it. */
export function validateCopy({ service, step, execution }: BuildTools<unknown>, about: CopyToValidate) {
  const { from, to, cluster, every, copy, dataTime, verified } = about;
  const placement = restorePlacementOf(service, to);
  const manual = restoreCommands(service, to, placement);
  const copying = snapshotCopyCommands(service, from, to, placement.kmsKey);
  const source = restoreCommands(service, from, placement);

  const due = step(
    'validation-due',
    validationDue,
    { region: to, cluster, every },
    {
      why: 'A copy that was never restored is a hypothesis; restoring each one costs more than it teaches.',
      onFailure: 'abort',
      after: [verified],
      expectSeconds: 1,
      manual: copying.due,
    },
  );
  const whenDue = { when: due.out.due, onFailure: 'abort' } as const;

  const bookmark = underSameCondition(
    step(
      'bookmark',
      bookmarkDatabase,
      { region: from, cluster: clusterOf(service, from).cluster, asOf: dataTime },
      {
        why: 'What the copy must hold is read from the source, as of the copy’s data.',
        ...whenDue,
        expectSeconds: 10,
        manual: source.bookmark(cluster, '$DATA_TIME'),
      },
    ),
  );
  const restored = underSameCondition(
    step(
      'restore-copy',
      restoreFromSnapshot,
      { region: to, snapshot: copy.snapshot, executionId: execution.id, keep: false, placement },
      {
        why: 'Where it would be needed, with that region’s key and networks.',
        ...whenDue,
        after: [verified, bookmark],
        marks: 'restore_requested',
        withoutUndo: REMOVED_AT_THE_END,
        expectSeconds: 900,
        manual: manual.fromSnapshot('$RUN-copy-1'),
      },
    ),
  );
  const placed = step(
    'check-placement',
    checkPlacement,
    { region: to, cluster: restored.out.cluster, executionId: execution.id, placement },
    {
      why: 'What a restore is not told AWS takes from its defaults. Looked at before anything can be connected to.',
      ...whenDue,
      expectSeconds: 1,
      manual: manual.placement,
    },
  );
  const instance = underSameCondition(
    step(
      'create-instance',
      createInstance,
      {
        region: to,
        cluster: restored.out.cluster,
        executionId: execution.id,
        instanceClass: placement.instanceClass,
        keep: false,
      },
      {
        why: 'Aurora restores storage only: nothing answers without an instance.',
        ...whenDue,
        after: [placed],
        marks: 'restored',
        withoutUndo: REMOVED_AT_THE_END,
        expectSeconds: 300,
        manual: manual.instance,
      },
    ),
  );
  const marking = { region: to, snapshot: copy.snapshot, snapshotArn: copy.snapshotArn };
  const begun = step(
    'mark-validation-begun',
    markCopy,
    { ...marking, mark: 'validation_begun', at: instance.out.instanceAvailableAt },
    {
      why: 'If it is not whole, or this ends in the middle, nobody may restore from it at night and take it for good.',
      ...whenDue,
      withoutUndo: 'It says what is so, until the copy was found whole.',
      expectSeconds: 1,
      manual: copying.markBegun,
    },
  );
  const validated = underSameCondition(
    step(
      'validate',
      validateDatabase,
      { region: to, cluster: instance.out.cluster, bookmark: bookmark.out },
      {
        why: 'A copy that was not looked into is a hypothesis.',
        ...whenDue,
        after: [begun],
        marks: 'validated',
        expectSeconds: 60,
        manual: manual.validate('$DATA_TIME'),
      },
    ),
  );
  const marked = step(
    'mark-validated',
    markCopy,
    { ...marking, mark: 'validated', at: validated.out.validatedAt },
    {
      why: 'Whoever recovers at night should know which copy was found whole, and pruning must spare it.',
      ...whenDue,
      withoutUndo: 'It says what is so.',
      expectSeconds: 1,
      manual: copying.markValidated,
    },
  );
  const measured = step(
    'measure-restore',
    measureRestore,
    {
      restoreRequestedAt: restored.out.restoreRequestedAt,
      validatedAt: validated.out.validatedAt,
      restoredTo: dataTime,
      firstLookAt: null,
      latestAtFirstLook: null,
      newestCanaryAt: validated.out.newestCanaryAt,
      sizeBytes: validated.out.sizeBytes,
    },
    {
      why: 'How fast copies come back is what a cold failover’s estimate rests on.',
      ...whenDue,
      expectSeconds: 1,
      manual: manual.measure,
    },
  );
  return { marked, measured };
}
