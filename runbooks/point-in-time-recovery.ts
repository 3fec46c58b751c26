// biome-ignore-all lint/suspicious/noThenProperty: a parameter is called so, because it is what people type; no promise is near.
import { z } from 'zod';
import { notifyPeople } from './actions/people/notify.ts';
import { cleanUp } from './actions/restore/clean-up.ts';
import { defineRunbook } from './language/runbook.ts';
import { restoreCommands } from './manual/restore-commands.ts';
import { copyRowsBack } from './point-in-time-recovery/copy-rows-back.ts';
import { keepCopy } from './point-in-time-recovery/keep-copy.ts';
import { PLACED_AS_PRODUCTION } from './point-in-time-recovery/swap-commands.ts';
import { swapWriters } from './point-in-time-recovery/swap-writers.ts';
import { clusterOf } from './service-parts.ts';

/** What becomes of the copy, and of the database it was made of. */
const BRANCHES = { keep: keepCopy, 'copy-rows': copyRowsBack, swap: swapWriters } as const;

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
    'Only rows are missing: then=copy-rows puts them back and loses nothing. then=swap takes everything written since from customers.',
    'then=swap on AWS without a rehearsal there: that a member of a global cluster may be renamed was never tried on AWS. If it refuses, only the writers were stopped, and aborting starts them again.',
    'then=swap while the region may be lost: the restored copy has no standby until the global cluster is made anew, and the one there is follows the damaged database.',
  ],
  triggers: [
    {
      event: 'Rows were deleted by mistake',
      severity: 'SEV-1',
      detection: 'Customers miss bookings; the database team says since when.',
      automatic: 'None.',
      manual:
        'lifeboat start point-in-time-recovery --service SERVICE --param restoreTo=INSTANT --param then=copy-rows --param tables=bookings --purpose incident --reason TEXT; a second person approves.',
    },
    {
      event: 'Values were altered by mistake, or it is not known what was',
      severity: 'SEV-1',
      detection: 'The same; the comparison says which tables differ, and by how many rows.',
      automatic: 'None. Altered rows are never written over: what was booked since may rest on them.',
      manual: 'The same with then=keep: people read what was in the restored copy and decide row by row.',
    },
    {
      event: 'So much was altered that what was written since is worth less than what was there',
      severity: 'SEV-1',
      detection: 'The comparison: how many rows are altered or missing, against how many were written since.',
      automatic: 'None. Everything written since is lost to customers until people bring it over.',
      manual:
        'The same with then=swap, and --param lossAtMostRows=N so that nobody signs for more: the restored copy takes the database’s name, the damaged one is kept under another.',
    },
  ],
  pointOfNoReturn:
    'then=swap: adopt-restored, just before pods start on the restored database; until then everything goes back. then=copy-rows: copy-rows, since rows that were put back may be used at once. then=keep: there is none.',
  parameters: z.object({
    /** The last second before the damage, ISO 8601, UTC. */
    restoreTo: z.iso.datetime(),
    /**
     * `keep`: the restored copy stays beside the running database, for people. `copy-rows`: rows that are missing are put back from it.
     * `swap`: it takes the running database's place.
     */
    then: z.enum(['keep', 'copy-rows', 'swap']).default('keep'),
    /** `copy-rows` only: tables separated by commas, those that others refer to first. */
    tables: z.exactOptional(z.string().min(1)),
    /** Region whose database is damaged; absent: the protected one. */
    region: z.exactOptional(z.string().min(1)),
    /** People who must approve, the asker not among them. */
    quorum: z.int().min(1).max(3).default(1),
    /**
     * `swap` only: the most rows written since the instant, by their own time, that may be lost; absent: as many as the gate shows. Rows
     * altered since are lost as well, and the comparison says how many.
     */
    lossAtMostRows: z.exactOptional(z.int().nonnegative()),
  }),
  example: (service) => ({
    restoreTo: '2026-11-21T03:11:59Z',
    then: 'copy-rows' as const,
    tables: service.database.validation?.tables[0]?.table ?? 'bookings',
  }),

  build(tools) {
    const { service, params, step, execution } = tools;
    const region = params.region ?? service.regions.protected;
    BRANCHES[params.then](tools, { region, source: clusterOf(service, region).cluster });

    const manual = restoreCommands(service, region, PLACED_AS_PRODUCTION);
    step(
      'clean-up',
      cleanUp,
      { region, executionId: execution.id },
      {
        why: 'A forgotten copy of production costs money and leaks. What people decided to keep is left alone.',
        always: true,
        withoutUndo: 'Only what this execution restored is deleted; its source still stands.',
        expectSeconds: 600,
        manual:
          params.then === 'copy-rows' ? manual.cleanUp : 'echo "Kept: delete by hand what nobody needs any more."',
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
