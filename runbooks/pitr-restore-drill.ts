import { z } from 'zod';
import { bookmarkDatabase } from './actions/database/bookmark.ts';
import { validateDatabase } from './actions/database/validate.ts';
import { measureRestore } from './actions/measure/restore.ts';
import { notifyPeople } from './actions/people/notify.ts';
import { awaitRestorable } from './actions/restore/await-restorable.ts';
import { checkPlacement } from './actions/restore/check-placement.ts';
import { cleanUp } from './actions/restore/clean-up.ts';
import { createInstance } from './actions/restore/create-instance.ts';
import { restoreToPointInTime } from './actions/restore/point-in-time.ts';
import { removeLeftovers } from './actions/restore/remove-leftovers.ts';
import { defineRunbook } from './language/runbook.ts';
import { restoreCommands } from './manual/restore-commands.ts';
import { clusterOf, restorePlacementOf } from './service-parts.ts';

/** Nobody is awake to ask: what goes wrong ends the drill, and the clean-up follows. */
const unattended = { onFailure: 'abort' } as const;
const REMOVED_AT_THE_END = 'The clean-up at the end removes it, whatever happens.';

export const pitrRestoreDrill = defineRunbook({
  id: 'pitr-restore-drill',
  version: 1,
  title: 'Rehearse a restore to a point in time',
  workflow: 'pitrRestoreDrill',
  exclusive: 'none',
  owner: 'platform team',
  severity: 'routine',
  whenNotToUse: [
    'Data was damaged and is wanted back: that is a recovery of its own, lifeboat plan point-in-time-recovery; this drill deletes what it restored.',
    'The region is down: a drill there measures the outage; move first.',
    'The source is being migrated or upgraded: its schema changes under the comparison, and the drill fails for that.',
  ],
  triggers: [
    {
      event: 'The quarter’s rehearsal is due',
      severity: 'routine',
      detection: 'The declared schedule; lifeboat drill ls shows what is overdue.',
      automatic: 'Runs by itself, cleans up after itself, and tells people how it ended.',
      manual:
        'lifeboat drill run ID, or lifeboat start pitr-restore-drill --drill --service SERVICE --purpose exercise --reason TEXT.',
    },
    {
      event: 'Backups, encryption keys, networks or the engine’s version were changed',
      severity: 'routine',
      detection: 'Whoever changed them.',
      automatic: 'None.',
      manual: 'The same: a backup that was not restored since is a hypothesis again.',
    },
  ],
  pointOfNoReturn: 'none: it touches only what it made itself.',
  parameters: z.object({
    /** Instant to restore to, ISO 8601, UTC; absent: the instant at which the source is noted. */
    restoreTo: z.exactOptional(z.iso.datetime()),
    /** Region whose cluster is restored; absent: the protected one. */
    region: z.exactOptional(z.string().min(1)),
  }),
  example: () => ({}),

  build({ service, params, step, execution }) {
    const region = params.region ?? service.regions.protected;
    const { cluster: source } = clusterOf(service, region);
    const placement = restorePlacementOf(service, region);
    const manual = restoreCommands(service, region, placement);
    const at = params.restoreTo ?? '$AT';

    const leftovers = step(
      'remove-leftovers',
      removeLeftovers,
      { region, executionId: execution.id },
      {
        why: 'What a drill that died left behind costs money, holds a copy of production, and stands in the way.',
        ...unattended,
        withoutUndo: 'Only restored copies of executions that have ended are deleted; their source still stands.',
        expectSeconds: 5,
        manual: manual.leftovers,
      },
    );
    const bookmark = step(
      'bookmark',
      bookmarkDatabase,
      { region, cluster: source, asOf: params.restoreTo ?? null },
      {
        why: 'What the copy must hold is read from the source: a copy never says what it should be.',
        ...unattended,
        after: [leftovers],
        expectSeconds: 10,
        manual: [manual.name, ...(params.restoreTo ? [] : ['AT=$(date -u +%FT%TZ)']), manual.bookmark(source, at)].join(
          '\n',
        ),
      },
    );
    const restorable = step(
      'await-restorable',
      awaitRestorable,
      { region, cluster: source, restoreTo: params.restoreTo ?? bookmark.out.at },
      {
        why: 'How far behind the backups are, before anybody waits, is what a loss at that moment would have cost.',
        ...unattended,
        after: [bookmark],
        expectSeconds: 300,
        manual: `until [ "$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${source} --query 'DBClusters[0].LatestRestorableTime' --output text)" \\> "${at}" ]; do sleep 15; done`,
      },
    );
    const restored = step(
      'restore',
      restoreToPointInTime,
      { region, sourceCluster: source, restoreTo: restorable.out.restoreTo, executionId: execution.id, placement },
      {
        why: 'The rehearsal itself, beside the source, under a name and tags of its own.',
        ...unattended,
        marks: 'restore_requested',
        withoutUndo: REMOVED_AT_THE_END,
        expectSeconds: 600,
        manual: manual.pointInTime(source, at),
      },
    );
    const placed = step(
      'check-placement',
      checkPlacement,
      { region, cluster: restored.out.cluster, executionId: execution.id, placement },
      {
        why: 'What a restore is not told AWS takes from its defaults. Looked at before anything can be connected to.',
        ...unattended,
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
        ...unattended,
        after: [placed],
        marks: 'restored',
        withoutUndo: REMOVED_AT_THE_END,
        expectSeconds: 300,
        manual: manual.instance,
      },
    );
    const validated = step(
      'validate',
      validateDatabase,
      { region, cluster: instance.out.cluster, bookmark: bookmark.out },
      {
        why: 'A restore that was not looked into is a hypothesis. The clock stops when it was found whole.',
        ...unattended,
        marks: 'validated',
        expectSeconds: 60,
        manual: manual.validate(at),
      },
    );
    step(
      'measure-restore',
      measureRestore,
      {
        restoreRequestedAt: restored.out.restoreRequestedAt,
        validatedAt: validated.out.validatedAt,
        restoredTo: restorable.out.restoreTo,
        // To an instant that somebody chose, how far behind the backups are says nothing.
        firstLookAt: params.restoreTo ? null : restorable.out.firstLookAt,
        latestAtFirstLook: params.restoreTo ? null : restorable.out.latestAtFirstLook,
        newestCanaryAt: validated.out.newestCanaryAt,
        sizeBytes: validated.out.sizeBytes,
      },
      {
        why: 'A target without a measurement is a wish, and later estimates rest on what drills measured.',
        ...unattended,
        expectSeconds: 1,
        manual: manual.measure,
      },
    );

    step(
      'clean-up',
      cleanUp,
      { region, executionId: execution.id },
      {
        why: 'A forgotten copy of production costs money and leaks. Nothing is over until nothing is left.',
        ...unattended,
        always: true,
        withoutUndo: 'Only what this drill restored is deleted; its source still stands.',
        expectSeconds: 600,
        manual: manual.cleanUp,
      },
    );
    step(
      'notify-end',
      notifyPeople,
      {
        text: `${service.name}: the restore drill in ${region} has ended`,
        phase: 'ended',
        executionId: execution.id,
        facts: { outcome: execution.outcome },
      },
      {
        why: 'A drill that fails in silence is worse than none.',
        always: true,
        onFailure: 'continue',
        withoutUndo: 'A message cannot be unsent, and it does no harm.',
        expectSeconds: 1,
        manual: manual.notify,
      },
    );
  },
});
