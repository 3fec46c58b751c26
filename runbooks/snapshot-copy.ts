import { z } from 'zod';
import { intervalSeconds } from '../domain/schedule.ts';
import type { Service } from '../domain/service.ts';
import { measureExposure } from './actions/measure/exposure.ts';
import { notifyPeople } from './actions/people/notify.ts';
import { cleanUp } from './actions/restore/clean-up.ts';
import { removeLeftovers } from './actions/restore/remove-leftovers.ts';
import { chooseSnapshot } from './actions/snapshot/choose.ts';
import { copySnapshot } from './actions/snapshot/copy.ts';
import { pruneCopies } from './actions/snapshot/prune.ts';
import { takeSnapshot } from './actions/snapshot/take.ts';
import { verifyCopy } from './actions/snapshot/verify.ts';
import { defineRunbook } from './language/runbook.ts';
import { restoreCommands } from './manual/restore-commands.ts';
import { snapshotCopyCommands } from './manual/snapshot-copy-commands.ts';
import { backupsOf, clusterOf, restorePlacementOf } from './service-parts.ts';
import { validateCopy } from './snapshot-copy/validate-copy.ts';

const ID = 'snapshot-copy';
/** Nobody is awake to ask. */
const unattended = { onFailure: 'abort' } as const;

export const snapshotCopy = defineRunbook({
  id: ID,
  version: 1,
  title: 'Copy the newest snapshot to the recovery region',
  workflow: 'crossRegionSnapshotCopy',
  exclusive: 'none',
  owner: 'platform team',
  severity: 'routine',
  whenNotToUse: [
    'The protected region is down: there is nothing to copy from; recover from the copies that are there.',
    'A row or a table is wanted back: a restore to a point in time is closer and faster.',
  ],
  triggers: [
    {
      event: 'The day’s copy is due',
      severity: 'routine',
      detection: 'The declared schedule; lifeboat drill ls shows the exposure and what is overdue.',
      automatic: 'Runs by itself, prunes what is superfluous, and tells people how it ended.',
      manual:
        'lifeboat drill run ID, or lifeboat start snapshot-copy --service SERVICE --purpose maintenance --reason TEXT.',
    },
    {
      event: 'A schema migration or a risky deploy is about to begin',
      severity: 'routine',
      detection: 'Whoever is about to begin it.',
      automatic: 'None.',
      manual:
        'lifeboat start snapshot-copy --service SERVICE --param source=now --purpose maintenance --reason TEXT; wait for it before beginning.',
    },
  ],
  pointOfNoReturn: 'none: copies are added; pruning takes only those beyond what is to be kept.',
  parameters: z.object({
    /** `newest`: the newest snapshot there is; `now`: one taken for this copy. */
    source: z.enum(['newest', 'now']).default('newest'),
    /** Whether the copy is restored and validated: every so many copies as declared, always, or never. */
    validate: z.enum(['due', 'always', 'never']).default('due'),
  }),
  example: () => ({}),

  build(tools) {
    const { service, params, step, execution } = tools;
    const { protected: from, recovery: to } = service.regions;
    const { cluster } = clusterOf(service, from);
    const { copies } = backupsOf(service);
    const kmsKey = service.database.regions[to]?.restore?.kmsKey;
    const key = kmsKey === undefined ? {} : { kmsKey };
    const manual = snapshotCopyCommands(service, from, to, kmsKey);

    const source =
      params.source === 'newest'
        ? step(
            'choose-snapshot',
            chooseSnapshot,
            { region: from, cluster, kind: 'snapshot', validatedOnly: false },
            {
              why: 'The newest available one loses least, and nobody has to wait for it.',
              ...unattended,
              expectSeconds: 1,
              manual: [manual.name, manual.choose].join('\n'),
            },
          )
        : step(
            'take-snapshot',
            takeSnapshot,
            { region: from, cluster, executionId: execution.id },
            {
              why: 'Somebody wants the state of now, not that of last night.',
              ...unattended,
              withoutUndo: 'A snapshot beside the others harms nobody; its copy can fail when it goes too early.',
              expectSeconds: 300,
              manual: [manual.name, manual.take].join('\n'),
            },
          );
    const copy = step(
      'copy',
      copySnapshot,
      { region: to, source: source.out, ...key, executionId: execution.id },
      {
        why: 'Backups that stand only where the fire is burn with it.',
        ...unattended,
        withoutUndo: 'A copy more harms nobody; pruning counts only those that are whole.',
        expectSeconds: 1_800,
        manual: manual.copy,
      },
    );
    const verified = step(
      'verify',
      verifyCopy,
      { region: to, snapshot: copy.out.snapshot, source: source.out, ...key, executionId: execution.id },
      {
        why: 'A copy under the wrong key, or without its tags, is found out today and not in the night that needs it.',
        ...unattended,
        expectSeconds: 1,
        manual: manual.verify,
      },
    );
    const validation =
      params.validate === 'never'
        ? null
        : validateCopy(tools, {
            from,
            to,
            cluster,
            every: params.validate === 'always' ? 1 : copies.validateEvery,
            copy: copy.out,
            dataTime: source.out.dataTime,
            verified,
          });
    const exposure = step(
      'measure-exposure',
      measureExposure,
      {
        region: to,
        cluster,
        intervalSeconds: scheduledEvery(service),
        snapshotSeconds: source.out.snapshotSeconds,
        copySeconds: copy.out.copySeconds,
        copiedAt: copy.out.copiedAt,
        ...(validation && { restore: validation.measured.out.restore }),
      },
      {
        why: 'How old the newest copy’s data is: that much would be lost if region and backups vanished now.',
        ...unattended,
        after: [verified, ...(validation ? [validation.marked] : [])],
        expectSeconds: 1,
        manual: manual.exposure,
      },
    );
    step(
      'prune',
      pruneCopies,
      { region: to, cluster, keep: copies.keep },
      {
        why: 'Copies never expire by themselves. Only after the new one was found good may old ones go.',
        ...unattended,
        after: [exposure],
        withoutUndo:
          'Only copies beyond those to be kept are deleted, never the newest, never the newest validated one.',
        expectSeconds: 5,
        manual: manual.prune,
      },
    );

    if (validation) {
      const restores = restoreCommands(service, to, restorePlacementOf(service, to));
      step(
        'remove-leftovers',
        removeLeftovers,
        { region: to, executionId: execution.id },
        {
          why: 'What a validation that died left behind costs money and holds a copy of production.',
          // A copy must not fail for what an older one left.
          onFailure: 'continue',
          withoutUndo: 'Only restored copies of executions that have ended are deleted; their snapshots still stand.',
          expectSeconds: 5,
          manual: restores.leftovers,
        },
      );
      step(
        'clean-up',
        cleanUp,
        { region: to, executionId: execution.id },
        {
          why: 'What was restored to look into it is a copy of production that nobody needs any more.',
          ...unattended,
          always: true,
          withoutUndo: 'Only what this execution restored is deleted; the copy it came from still stands.',
          expectSeconds: 300,
          manual: restores.cleanUp,
        },
      );
    }
    step(
      'notify-end',
      notifyPeople,
      {
        text: `${service.name}: copying a snapshot from ${from} to ${to} has ended`,
        phase: 'ended',
        executionId: execution.id,
        facts: { outcome: execution.outcome },
      },
      {
        why: 'Copies that stop coming must not go unnoticed.',
        always: true,
        onFailure: 'continue',
        withoutUndo: 'A message cannot be unsent, and it does no harm.',
        expectSeconds: 1,
        manual: manual.notify,
      },
    );
  },
});

/** Seconds between two declared runs of this runbook at most; `null` when none is declared. */
function scheduledEvery({ schedules = [] }: Service): number | null {
  const intervals = schedules.filter(({ runbook }) => runbook === ID).map(({ every }) => intervalSeconds(every));
  return intervals.length === 0 ? null : Math.min(...intervals);
}
