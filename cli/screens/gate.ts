import type { ExecutionSnapshot, GateRecord } from '../../domain/execution.ts';
import { planSteps } from '../../domain/plan.ts';
import type { Configuration } from '../../domain/service.ts';
import { duration, instant, secondsBetween, target } from '../terminal/duration.ts';
import { type Cell, headline, labelled, screen, table, unbroken } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { boundLines } from './bounds.ts';
import { downSince } from './execution-times.ts';
import { askerText, modePaint, modeWord, quoted, subjectText } from './execution-words.ts';
import { summarise } from './result-summary.ts';
import { warningLines, warningsOf } from './warnings.ts';

export interface GateExtras {
  readonly configuration?: Configuration;
  readonly decision: 'approve' | 'deny';
  /** Who signs. */
  readonly person: string;
}

/** Everything an approver signs, before they sign it: who asks and why, the frozen facts, the bounds, what follows. */
export function renderGate(
  snapshot: ExecutionSnapshot,
  gate: GateRecord,
  now: Date,
  style: Style,
  extras: GateExtras,
): string {
  const { request, plan } = snapshot;
  const { paint } = style;
  const word = modeWord(request.mode);
  const node = plan?.nodes.find((candidate) => candidate.id === gate.id);
  const since = downSince(snapshot);
  const lines = [
    ...headline(
      {
        text: `${word}  ${gate.id} · ${subjectText(request, extras.configuration)}`,
        paint: (text) => text.replace(word, modePaint(request.mode, paint)(word)),
      },
      { text: request.executionId },
      style,
    ),
    ...labelled(
      'asked by',
      `${askerText(request.requestedBy)} ${instant(request.requestedAt, now)}, ${request.purpose}: ${quoted(request.reason)}`,
      style,
    ),
    ...unbroken('plan', plan?.digest ?? 'none', style),
    ...(node ? labelled('why a gate', plain(node.why), style) : []),
    ...(since === null || snapshot.objectives === null
      ? []
      : labelled(
          'down',
          `${duration(secondsBetween(since, now))} of RTO ${target(snapshot.objectives.rtoSeconds)}`,
          style,
        )),
    ...labelled('approvals', approvals(gate), style),
    ...(gate.reopenedBecause
      ? labelled(
          'again',
          { text: `opened again (round ${gate.round}): ${plain(gate.reopenedBecause)}`, paint: paint.warn },
          style,
        )
      : []),
    '',
    ...facts(snapshot, gate, style),
    ...warnings(snapshot, gate, style),
    '',
    ...labelled('bounds', bounds(gate, style), style),
    ...labelled('then', consequences(snapshot, gate), style),
    ...unbroken('facts', gate.factsDigest ?? 'not frozen: the gate is not open', style),
    ...labelled('you sign', `${extras.decision} as ${extras.person}: this plan, these facts and these bounds`, style),
  ];
  return screen(lines, style);
}

function approvals(gate: GateRecord): string {
  const given = gate.approvals.map((approval) => approval.person).join(', ');
  const state = gate.state === 'open' ? '' : ` · the gate is ${gate.state.replaceAll('_', ' ')}`;
  return `${gate.approvals.length} of ${gate.quorum}${given ? ` (${given})` : ''} · may approve: ${gate.approvers.join(', ') || 'nobody'}${state}`;
}

/** What the gate shows: the outputs frozen when it opened. */
function facts(snapshot: ExecutionSnapshot, gate: GateRecord, style: Style): string[] {
  const actions = new Map((snapshot.plan ? planSteps(snapshot.plan) : []).map((step) => [step.id, step.action]));
  const rows = Object.entries(gate.facts).map(([id, output]): Cell[] => [
    { text: id },
    { text: output === null ? 'nothing: it gave no output' : plain(summarise(actions.get(id) ?? '', output)) },
  ]);
  if (rows.length === 0) return labelled('facts', 'none', style);
  return table(
    [
      { title: 'fact from' },
      { title: `as frozen${gate.openedAt ? ` ${gate.openedAt.slice(11, 19)}Z` : ''}`, flexible: true },
    ],
    rows,
    style,
  );
}

/** What is signed warns first; then whatever else was found out by then. */
function warnings(snapshot: ExecutionSnapshot, gate: GateRecord, style: Style): string[] {
  const frozen = Object.entries(gate.facts).map(([id, output]) => ({ id, output }));
  return warningLines([...new Set([...warningsOf(frozen), ...warningsOf(snapshot.steps)])], style);
}

function bounds(gate: GateRecord, style: Style): Cell[] {
  if (gate.bounds.length === 0) return [{ text: 'none' }];
  return boundLines(gate.bounds).map((text) => ({
    text,
    ...(text.startsWith('✓') ? {} : { paint: text.startsWith('✗') ? style.paint.bad : style.paint.warn }),
  }));
}

/** Irreversible steps that an approval lets through. */
function consequences(snapshot: ExecutionSnapshot, gate: GateRecord): Cell[] {
  if (snapshot.plan === null) return [{ text: 'unknown: there is no plan yet' }];
  const behind = new Set([gate.id]);
  for (const node of snapshot.plan.nodes) if (node.after.some((id) => behind.has(id))) behind.add(node.id);
  const steps = planSteps(snapshot.plan).filter((step) => behind.has(step.id) && step.effect !== 'observe');
  const irreversible = steps.filter((step) => step.effect === 'irreversible').map(({ id }) => id);
  return [
    { text: steps.map((step) => step.id).join(' → ') || 'nothing is changed' },
    { text: irreversible.length > 0 ? `cannot be taken back: ${irreversible.join(', ')}` : 'all of it can be undone' },
  ];
}
