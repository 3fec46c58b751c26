import type { ExecutionView } from '../../client/lifeboat-client.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { Configuration } from '../../domain/service.ts';
import type { Offer } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { renderBoard } from './board.ts';
import { byHandWords } from './by-hand.ts';
import { renderEnd } from './end.ts';
import { kindOf } from './plan-kind.ts';

/** An execution as it stands: the board while it runs, the end once it is over. */
export function renderStatus(view: ExecutionView, now: Date, style: Style, configuration: Configuration): string {
  if (view.snapshot.state === 'ended' || view.snapshot.outcome === 'interrupted') {
    return renderEnd(view.snapshot, style, { configuration, next: afterEnd(view.snapshot, configuration) });
  }
  const { height: _, ...unlimited } = style;
  return renderBoard(view, now, unlimited, { configuration, readAt: now });
}

/** What to look at when an execution is over. */
export function afterEnd(snapshot: ExecutionSnapshot, configuration: Configuration): readonly Offer[] {
  const verify: Offer = {
    words: ['ledger', 'verify', configuration.control.evidence, '--key', configuration.control.ledgerPublicKey],
    says: 'checks every signature',
  };
  const list: Offer[] = snapshot.ledger.sealed === null ? [] : [verify];
  const { runbook, service, parameters } = snapshot.request;
  if (snapshot.outcome === 'handed_over') {
    list.unshift({ words: byHandWords(runbook, service, parameters), says: 'every step as shell commands' });
  }
  return [...list, ...lookingOn(snapshot)];
}

/** Where to look next: at what runs by itself, at the posture, or at how customers fare. */
function lookingOn({ request, outcome, plan }: ExecutionSnapshot): readonly Offer[] {
  const service = ['--service', request.service];
  if (kindOf(plan) === 'look') return [{ words: ['posture', ...service], says: 'looks again, worst first' }];
  const schedules: Offer = { words: ['drill', 'ls'], says: 'last results, and what is due' };
  if (request.schedule && outcome !== 'succeeded') {
    return [{ words: ['drill', 'run', request.schedule, ...service], says: 'when that is mended' }, schedules];
  }
  if (request.schedule || request.mode === 'drill') return [schedules];
  return outcome === 'succeeded'
    ? [{ words: ['runs'], says: 'what ran' }]
    : [{ words: [], says: 'how the service fares now' }];
}

/** A view as `--json` prints it. */
export const viewFields = (view: ExecutionView) => ({
  snapshot: view.snapshot,
  progress: view.progress,
  workerSeen: view.workerSeen,
});
