// biome-ignore-all lint/suspicious/noThenProperty: a parameter is called so, because it is what people type; no promise is near.
import { z } from 'zod';
import { LifeboatError } from '../domain/errors.ts';
import { bookmarkDatabase } from './actions/database/bookmark.ts';
import { validateDatabase } from './actions/database/validate.ts';
import { measureRestore } from './actions/measure/restore.ts';
import { notifyPeople } from './actions/people/notify.ts';
import { compareWithCopy } from './actions/recovery/compare.ts';
import { copyRows } from './actions/recovery/copy-rows.ts';
import { keepRestored } from './actions/recovery/keep-restored.ts';
import { awaitRestorable } from './actions/restore/await-restorable.ts';
import { checkPlacement } from './actions/restore/check-placement.ts';
import { cleanUp } from './actions/restore/clean-up.ts';
import { createInstance } from './actions/restore/create-instance.ts';
import { restoreToPointInTime } from './actions/restore/point-in-time.ts';
import { defineRunbook } from './language/runbook.ts';
import { restoreCommands } from './manual/restore-commands.ts';
import { recoveryCommands } from './point-in-time-recovery/recovery-commands.ts';
import { clusterOf, restorePlacementOf } from './service-parts.ts';

const REMOVED_UNLESS_KEPT = 'The clean-up at the end removes it, unless people decide to keep it.';

export const pointInTimeRecovery = defineRunbook({
  id: 'point-in-time-recovery',
  version: 1,
  title: 'Bring back data as it was before it was damaged',
  workflow: 'pointInTimeRecovery',
  exclusive: 'service',
  owner: 'platform on-call',
  severity: 'SEV-1',
  whenNotToUse: [
    'The region is lost: that is a region failover.',
    'Damage still goes on: stop whatever causes it first, or what is mended is damaged again.',
    'All data since the damage is worthless and the database is to be replaced as a whole: keep the restored copy (then=keep) and move the service to it by hand. Swapping writers is not built.',
  ],
  triggers: [
    {
      event: 'Rows were deleted by mistake',
      severity: 'SEV-1',
      detection: 'Customers miss bookings; the database team says since when.',
      automatic: 'None.',
      manual:
        'lifeboat start point-in-time-recovery --param restoreTo=INSTANT --param then=copy-rows --param tables=bookings; a second person approves.',
    },
    {
      event: 'Values were altered by mistake, or it is not known what was',
      severity: 'SEV-1',
      detection: 'The same; the comparison says which tables differ, and by how many rows.',
      automatic: 'None. Altered rows are never written over: what was booked since may rest on them.',
      manual: 'The same with then=keep: people read what was in the restored copy and decide row by row.',
    },
  ],
  pointOfNoReturn: 'copy-rows: rows that were put back may be used at once. With then=keep there is none.',
  parameters: z.object({
    /** The last second before the damage, ISO 8601, UTC. */
    restoreTo: z.iso.datetime(),
    /** `keep`: the restored copy stays beside the running database, for people. `copy-rows`: rows that are missing are put back from it. */
    then: z.enum(['keep', 'copy-rows']).default('keep'),
    /** `copy-rows` only: tables separated by commas, those that others refer to first. */
    tables: z.exactOptional(z.string().min(1)),
    /** Region whose database is damaged; absent: the protected one. */
    region: z.exactOptional(z.string().min(1)),
    /** People who must approve, the asker not among them. */
    quorum: z.int().min(1).max(3).default(1),
  }),
  example: (service) => ({
    restoreTo: '2026-11-21T03:11:59Z',
    then: 'copy-rows' as const,
    tables: service.database.validation?.tables[0]?.table ?? 'bookings',
  }),

  build({ service, params, step, gate, execution }) {
    const region = params.region ?? service.regions.protected;
    const tables = tablesOf(params);
    const { cluster: source } = clusterOf(service, region);
    const placement = restorePlacementOf(service, region);
    const manual = restoreCommands(service, region, placement);
    const byHand = recoveryCommands(service, { region, source, restoreTo: params.restoreTo });

    const bookmark = step(
      'bookmark',
      bookmarkDatabase,
      { region, cluster: source, asOf: params.restoreTo },
      {
        why: 'What the damaged database still holds of that time says how whole the copy must be at least.',
        expectSeconds: 10,
        manual: [manual.name, manual.bookmark(source, params.restoreTo)].join('\n'),
      },
    );
    const restorable = step(
      'await-restorable',
      awaitRestorable,
      { region, cluster: source, restoreTo: params.restoreTo },
      {
        why: 'An instant outside the window cannot be had, and damage moments ago is not in the backups yet.',
        expectSeconds: 60,
        manual: byHand.restorable,
      },
    );
    const restored = step(
      'restore-beside',
      restoreToPointInTime,
      { region, sourceCluster: source, restoreTo: restorable.out.restoreTo, executionId: execution.id, placement },
      {
        why: 'Beside the running database, so that nothing is lost by looking.',
        after: [bookmark],
        marks: 'restore_requested',
        withoutUndo: REMOVED_UNLESS_KEPT,
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
        withoutUndo: REMOVED_UNLESS_KEPT,
        expectSeconds: 300,
        manual: manual.instance,
      },
    );
    const validated = step(
      'validate',
      validateDatabase,
      { region, cluster: instance.out.cluster, bookmark: bookmark.out },
      {
        why: 'Nobody should mend a database from a copy that is damaged itself.',
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
    step(
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

    const shows = [bookmark, restorable, placed, validated, compared];
    if (tables === null) {
      const approval = gate('approve-keeping', {
        why: 'A second copy of production is costly and must be looked after. Somebody other than the asker takes that on.',
        shows,
        roles: ['approver'],
        quorum: params.quorum,
      });
      const kept = step(
        'keep-copy',
        keepRestored,
        { region, cluster: instance.out.cluster, executionId: execution.id },
        {
          why: 'People work with it for as long as they need; no clean-up may take it away under them.',
          after: [approval],
          withoutUndo: 'It is a mark on a copy: delete the copy when nobody needs it any more.',
          expectSeconds: 1,
          manual: byHand.keep,
        },
      );
      step(
        'check-kept-copy',
        checkPlacement,
        { region, cluster: kept.out.cluster, executionId: execution.id, placement },
        {
          why: 'What people rely on from now on is still where it must be.',
          expectSeconds: 1,
          manual: manual.placement,
        },
      );
    } else {
      const approval = gate('approve-copying', {
        why: 'Rows are written into the running database, those deleted on purpose among them. Somebody other than the asker says yes to that.',
        shows,
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

    step(
      'clean-up',
      cleanUp,
      { region, executionId: execution.id },
      {
        why: 'A forgotten copy of production costs money and leaks. What people decided to keep is left alone.',
        always: true,
        withoutUndo: 'Only what this execution restored is deleted; its source still stands.',
        expectSeconds: 600,
        manual: tables === null ? 'echo "Kept: delete it when nobody needs it."' : manual.cleanUp,
      },
    );
    step(
      'notify-end',
      notifyPeople,
      {
        text: `${service.name}: the recovery to ${params.restoreTo} in ${region} has ended`,
        phase: 'ended',
        executionId: execution.id,
        facts: { outcome: execution.outcome },
      },
      {
        why: 'People who wait should stop waiting.',
        always: true,
        onFailure: 'continue',
        withoutUndo: 'A message cannot be unsent, and it does no harm.',
        expectSeconds: 1,
        manual: manual.notify,
      },
    );
  },
});

/** `null`: nothing is copied back. */
function tablesOf({ then, tables }: { readonly then: string; readonly tables?: string }): readonly string[] | null {
  const named =
    tables
      ?.split(',')
      .map((table) => table.trim())
      .filter((table) => table !== '') ?? [];
  if (then === 'keep' && tables === undefined) return null;
  if (then === 'copy-rows' && named.length > 0) return named;
  throw new LifeboatError(
    'DR_PARAMETER_INVALID',
    then === 'keep'
      ? 'tables goes with then=copy-rows only'
      : 'then=copy-rows wants tables: whose rows shall be put back?',
    {
      field: 'tables',
      expected: then === 'keep' ? 'absent' : 'names separated by commas, those that others refer to first',
      actual: tables ?? null,
      remedy: then === 'keep' ? 'Leave it out, or: --param then=copy-rows' : '--param tables=bookings,reminders',
    },
  );
}
