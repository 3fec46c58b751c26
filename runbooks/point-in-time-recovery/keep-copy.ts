import { keepRestored } from '../actions/recovery/keep-restored.ts';
import { checkPlacement } from '../actions/restore/check-placement.ts';
import { restorePlacementOf } from '../service-parts.ts';
import { type Damaged, type RecoveryTools, refuseParameter } from './recovery.ts';
import { restoreBeside } from './restore-beside.ts';

/** `keep`: the restored copy stays beside the running database, for people. */
export function keepCopy(tools: RecoveryTools, damaged: Damaged): void {
  const { service, params, step, gate, execution } = tools;
  const { region } = damaged;
  refuseParameter(params, 'tables', 'copy-rows');
  refuseParameter(params, 'lossAtMostRows', 'swap');
  const placement = restorePlacementOf(service, region);
  const { instance, facts, manual, byHand } = restoreBeside(tools, damaged, { placement, placed: placement });

  const approval = gate('approve-keeping', {
    why: 'A second copy of production is costly and must be looked after. Somebody other than the asker takes that on.',
    shows: facts,
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
      manual: byHand.keep('"$RUN-db"'),
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
}
