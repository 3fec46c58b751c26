import { readPosture } from '../../../cli/posture-reading.ts';
import { renderBoard } from '../../../cli/screens/board.ts';
import { renderDetached } from '../../../cli/screens/detached.ts';
import { renderEndQuestion } from '../../../cli/screens/end-question.ts';
import { renderGate } from '../../../cli/screens/gate.ts';
import { renderPlan } from '../../../cli/screens/plan.ts';
import { type PostureView, renderPostures } from '../../../cli/screens/posture.ts';
import { renderReceipt } from '../../../cli/screens/receipt.ts';
import { renderRefusal } from '../../../cli/screens/refusal.ts';
import { renderRunbook } from '../../../cli/screens/runbook.ts';
import { renderRuns } from '../../../cli/screens/runs.ts';
import { renderStarted, renderStartQuestion } from '../../../cli/screens/started.ts';
import { renderStatus } from '../../../cli/screens/status.ts';
import type { Style } from '../../../cli/terminal/style.ts';
import type { ExecutionSummary } from '../../../client/lifeboat-client.ts';
import type { ExecutionSnapshot } from '../../../domain/execution.ts';
import * as story from './story.ts';
import { copyDone, copying, whileCopying } from './story-copy.ts';
import { drillFailed, drillPassed, drillPlan, drillReady, drillRestoring, whileRestoring } from './story-drill.ts';
import { postureBad, postureFine } from './story-posture.ts';

export const { configuration } = story;
export const atGate = new Date(story.at('03:17:29.200'));
export const now = new Date(story.at('03:18:39.200'));
export const startWords = [
  'start',
  'region-failover',
  '--service',
  'booking',
  '--to',
  'eu-west-3',
  '--plan',
  story.plan.digest,
];
export const next = [{ words: startWords }];

const run: ExecutionSummary = {
  executionId: story.EXECUTION,
  workflowId: 'live/booking',
  runbook: 'region-failover',
  service: 'booking',
  mode: 'live',
  purpose: 'incident',
  startedAt: story.at('03:16:20.050'),
  endedAt: null,
  status: 'running',
  requestedBy: 'oncall-1',
  ledgerEntry: '000000000317',
};

const postureView = (snapshot: ExecutionSnapshot): PostureView => ({
  service: story.service,
  executionId: snapshot.request.executionId,
  reading: readPosture(snapshot),
});

export const board = (snapshot: ExecutionSnapshot, style: Style, at = now, more = {}): string =>
  renderBoard(story.viewOf(snapshot, story.promotingProgress), at, style, { configuration, readAt: at, ...more });

/** Every screen at its moments. */
export const SCREENS: Readonly<Record<string, (style: Style) => string>> = {
  'plan, ready': (style) => renderPlan(story.ready, style, { configuration, next }),
  'plan, blocked': (style) => renderPlan(story.blocked, style, { configuration, next }),
  'board at the gate': (style) => board(story.atTheGate, style, atGate, { redrawn: true }),
  'board while promoting': (style) => board(story.promoting, style),
  'board after a failure': (style) => board(story.promotionFailed, style),
  'board, stale': (style) =>
    board(story.promoting, style, now, { readAt: atGate, unreachable: 'Temporal does not answer at 127.0.9.60:7008' }),
  'board, paused': (style) => board({ ...story.promoting, state: 'paused', pausedBy: 'oncall-1' }, style),
  'end, done': (style) => renderStatus(story.viewOf(story.succeeded), now, style, configuration),
  'end, denied': (style) => renderStatus(story.viewOf(story.denied), now, style, configuration),
  'end, handed over': (style) => renderStatus(story.viewOf(story.handedOver), now, style, configuration),
  gate: (style) =>
    renderGate(story.atTheGate, story.openGate, atGate, style, {
      configuration,
      decision: 'approve',
      person: 'approver-2',
    }),
  refusal: (style) => renderRefusal(story.atTheGate.refusals[0]!.error, style, { ledgerEntry: '000000000318' }),
  receipt: (style) =>
    renderReceipt(
      { accepted: true, says: 'approver-2: approve approve-promotion (1 of 1)', ledgerEntry: '000000000319' },
      story.EXECUTION,
      style,
    ),
  'question before a start': (style) =>
    renderStartQuestion(
      { ...story.request, service: story.service, configuration, person: 'oncall-1', planDigest: story.plan.digest },
      style,
    ),
  started: (style) => renderStarted(story.request, style, configuration),
  'question before an abort': (style) => renderEndQuestion(story.promoting, null, style),
  'question before a skip': (style) => renderEndQuestion(story.promotionFailed, 'promote-database', style),
  detached: (style) => renderDetached(story.EXECUTION, 'interrupted', style),
  runs: (style) =>
    renderRuns(
      [run, { ...run, executionId: 'fo-20261007-0900-a1b2', endedAt: story.at('03:21:07.200'), status: 'handed_over' }],
      now,
      style,
    ),
  'no runs': (style) => renderRuns([], now, style),
  runbook: (style) => renderRunbook(story.plan, ['to', 'strategy', 'quorum'], style),
  'plan of a drill': (style) => renderPlan(drillReady, style, { configuration, next }),
  'board of a drill': (style) => board(drillRestoring, style, whileRestoring),
  'end of a drill': (style) => renderStatus(story.viewOf(drillPassed), now, style, configuration),
  'end of a failed drill': (style) => renderStatus(story.viewOf(drillFailed), now, style, configuration),
  'question before a drill is aborted': (style) => renderEndQuestion(drillRestoring, null, style),
  'runbook of a drill': (style) => renderRunbook(drillPlan, ['restoreTo', 'region'], style),
  'board of a copy': (style) => board(copying, style, whileCopying),
  'end of a copy': (style) => renderStatus(story.viewOf(copyDone), now, style, configuration),
  posture: (style) => renderPostures([postureView(postureBad)], style),
  'postures, all fine': (style) => renderPostures([postureView(postureFine), postureView(postureFine)], style),
  'plan of a posture': (style) => renderPlan(postureBad, style, { configuration, next }),
};
