import type { ErrorShape } from '../../domain/errors.ts';
import type { ExecutionSnapshot, StepRecord } from '../../domain/execution.ts';
import { type PlanStep, planSteps } from '../../domain/plan.ts';
import type { Configuration } from '../../domain/service.ts';
import { duration, secondsBetween } from '../terminal/duration.ts';
import { type Cell, dotted, headline, labelled, screen } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { figures } from './end-figures.ts';
import { peopleSeconds, stepSeconds } from './execution-times.ts';
import { askedBySchedule, askerText, modeWord, outcomeWord, quoted, routeOf } from './execution-words.ts';
import { leavesSomething } from './leaves-something.ts';
import { kindOf } from './plan-kind.ts';
import { warningLines, warningsOf } from './warnings.ts';

export interface EndExtras {
  readonly configuration?: Configuration;
  readonly next: readonly Offer[];
}

/** What came of it: achieved beside wanted, who took the time, what was refused, what is left to do. */
export function renderEnd(snapshot: ExecutionSnapshot, style: Style, extras: EndExtras): string {
  const end = new Date(snapshot.endedAt ?? snapshot.startedAt);
  return screen(
    [
      ...title(snapshot, style, extras),
      ...happened(snapshot, style),
      ...(snapshot.request.mode === 'dry_run' ? [] : figures(snapshot, end, style)),
      ...ofWhich(snapshot, end, style),
      ...slowest(snapshot, end, style),
      ...(kindOf(snapshot.plan) === 'look' ? warningLines(warningsOf(snapshot.steps), style) : []),
      ...refusals(snapshot, style),
      ...approvals(snapshot, style),
      ...leftovers(snapshot, style),
      ...offers('next', extras.next, style),
    ],
    style,
  );
}

function title(snapshot: ExecutionSnapshot, style: Style, { configuration }: EndExtras): string[] {
  const { request, outcome } = snapshot;
  const { paint } = style;
  const good = outcome === 'succeeded' || outcome === 'ready';
  const word = good ? 'DONE' : (outcome === null ? 'RUNNING' : outcomeWord(outcome)).toUpperCase();
  const { to } = routeOf(request, configuration);
  const moved = outcome === 'succeeded' && request.mode === 'live' && to !== null;
  const says = moved
    ? `${request.service} serves from ${to}`
    : `${request.runbook} · ${request.service}${to ? ` → ${to}` : ''}`;
  // What a schedule starts has no reason but the schedule, which is named beside it.
  const why = askedBySchedule(request.requestedBy) ? request.purpose : `${request.purpose}: ${quoted(request.reason)}`;
  const sealed = snapshot.ledger.sealed
    ? `ledger entry ${snapshot.ledger.sealed}, signed`
    : snapshot.ledger.held > 0
      ? `${snapshot.ledger.held} ledger entries not written yet`
      : 'not in the ledger';
  return [
    ...headline(
      { text: `${word}  ${says}`, paint: (text) => text.replace(word, good ? paint.good(word) : paint.bad(word)) },
      { text: sealed, paint: snapshot.ledger.sealed ? paint.quiet : paint.warn },
      style,
    ),
    ...labelled(
      'execution',
      `${request.executionId} · ${modeWord(request.mode)}, ${why} · asked by ${askerText(request.requestedBy)}`,
      style,
    ),
  ];
}

/** The execution ended for this step’s failure, whose message it may carry with the step’s name before it. */
const tellsOf = (error: ErrorShape | null, { id, error: own }: StepRecord): boolean =>
  error !== null &&
  own !== null &&
  (error.message === own.message || error.message.startsWith(`${id}: ${own.message}`));

function happened(snapshot: ExecutionSnapshot, style: Style): string[] {
  const lines: string[] = [];
  const { error, outcome } = snapshot;
  const { paint } = style;
  const failing = snapshot.steps.filter(({ state }) => state === 'failed' || state === 'undo_failed');
  // What ended the execution is told once, with the step it happened to.
  const ending = failing.find((step) => step.state === 'failed' && tellsOf(error, step));
  if (error !== null && outcome !== 'succeeded') {
    const where = ending && !error.message.startsWith(`${ending.id}: `) ? `${ending.id}: ` : '';
    const text = `${where}${plain(error.message)} (${error.code})`;
    lines.push(...labelled('because', { text, paint: paint.bad }, style));
    if (error.code !== 'DR_DECLINED') lines.push(...labelled('remedy', plain(error.remedy), style));
  }
  for (const step of failing.filter((one) => one !== ending || outcome === 'succeeded')) {
    const found = step.error;
    lines.push(
      ...labelled(
        step.state === 'failed' ? 'failed' : 'NOT UNDONE',
        `${step.id}: ${plain(found?.message ?? step.because ?? '')}${found ? ` (${found.code})` : ''}`,
        style,
      ),
    );
  }
  if (outcome === 'handed_over') {
    lines.push(
      ...labelled('handed over', 'past the point of no return: nothing was undone; people take over from here', style),
    );
  }
  return lines;
}

/** Who took the time: detection, deciding to start, approving, and the machine. */
function ofWhich(snapshot: ExecutionSnapshot, end: Date, style: Style): string[] {
  const { marks, actual } = snapshot;
  const disrupted = marks.disrupted ?? actual?.disruptedAt ?? null;
  const detected = marks.detected ?? actual?.detectedAt ?? null;
  const serving = marks.serving ?? null;
  const parts: string[] = [];
  if (disrupted && detected) parts.push(`detection ${duration(secondsBetween(disrupted, detected))}`);
  const before = detected ?? disrupted;
  if (before) parts.push(`decision to start ${duration(secondsBetween(before, snapshot.startedAt))}`);
  const people = peopleSeconds(snapshot, end);
  if (snapshot.gates.some((gate) => gate.openedAt !== null)) parts.push(`approval ${duration(people)}`);
  const whole = secondsBetween(snapshot.startedAt, serving ? new Date(serving) : end);
  if (parts.length === 0) return labelled('took', `${duration(whole)} in all`, style);
  parts.push(`machine ${duration(whole - people)}`);
  return labelled('of which', dotted(parts), style);
}

function slowest(snapshot: ExecutionSnapshot, end: Date, style: Style): string[] {
  const usual = new Map((snapshot.plan ? planSteps(snapshot.plan) : []).map((step) => [step.id, step.expectSeconds]));
  const timed = snapshot.steps
    .map((step) => ({ step, seconds: stepSeconds(step, end) ?? 0 }))
    .filter(({ seconds }) => seconds >= 0.05)
    .sort((left, right) => right.seconds - left.seconds)
    .slice(0, 3);
  if (timed.length === 0) return [];
  const text = timed.map(({ step, seconds }) => {
    const expected = usual.get(step.id);
    const tries = step.attempts.length > 1 ? `, ${step.attempts.length} attempts` : '';
    return `${step.id} ${duration(seconds)}${expected === undefined ? tries : ` (expected ${duration(expected)}${tries})`}`;
  });
  return labelled('slowest', dotted(text), style);
}

function refusals(snapshot: ExecutionSnapshot, style: Style): string[] {
  const { refusals: all } = snapshot;
  if (all.length === 0) return [];
  const texts = all.slice(-3).map((refusal): Cell => {
    const entry = refusal.ledgerEntry ? `, entry ${refusal.ledgerEntry}` : '';
    return { text: `${refusal.person}: ${refusal.command} ${refusal.target}: ${refusal.error.code}${entry}` };
  });
  if (all.length > 3) texts.unshift({ text: `${all.length} commands in all, the last:` });
  return labelled('refused', texts, style);
}

function approvals(snapshot: ExecutionSnapshot, style: Style): string[] {
  const texts = snapshot.gates.flatMap((gate) =>
    gate.approvals.map((given): Cell => {
      const accepts = given.accepts.length > 0 ? `, accepting unknown ${given.accepts.join(', ')}` : '';
      return {
        text: `${gate.id}: ${given.person} ${given.decision === 'deny' ? 'denied' : 'approved'} ${quoted(given.reason)}${accepts}`,
      };
    }),
  );
  return texts.length === 0 ? [] : labelled('people', texts, style);
}

/** Steps by what became of them, where that is not simply done. */
function leftovers(snapshot: ExecutionSnapshot, style: Style): string[] {
  const lines: string[] = [];
  const add = (label: string, steps: readonly StepRecord[]): void => {
    if (steps.length > 0) lines.push(...labelled(label, steps.map(nameOf).join(', '), style));
  };
  const inState = (...states: StepRecord['state'][]): readonly StepRecord[] =>
    snapshot.steps.filter(({ state }) => states.includes(state));
  const unfinished = snapshot.outcome !== 'succeeded' && snapshot.request.mode !== 'dry_run';
  const changing = new Map(
    (snapshot.plan ? planSteps(snapshot.plan) : []).filter(staysBehind(snapshot)).map((step) => [step.id, step]),
  );
  const changes = ({ id }: StepRecord): boolean => changing.has(id);
  if (unfinished) {
    add('still stands', inState('done').filter(changes));
    add('look at', inState('failed', 'undo_failed').filter(changes));
    add('undone', inState('undone'));
  }
  lines.push(...skipped(inState('skipped'), style));
  add('not executed', inState('not_executed'));
  if (snapshot.request.mode === 'live' && snapshot.outcome === 'succeeded' && lines.length === 0) {
    lines.push(...labelled('not executed', 'nothing: every step ran', style));
  }
  return lines;
}

/** What an execution restored goes with its clean-up, if that has ended well. */
function staysBehind(snapshot: ExecutionSnapshot): (step: PlanStep) => boolean {
  const steps = snapshot.plan ? planSteps(snapshot.plan) : [];
  const cleaned = steps.some(
    (step) =>
      step.always &&
      step.role === 'cleanup' &&
      snapshot.steps.some(({ id, state }) => id === step.id && state === 'done'),
  );
  return (step) => leavesSomething(step) && !(cleaned && step.role === 'restore');
}

/** Several that were skipped for one reason share it. */
function skipped(steps: readonly StepRecord[], style: Style): string[] {
  const reasons = new Map<string, string[]>();
  for (const { id, because } of steps) {
    const reason = plain(because ?? 'nobody says why');
    reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  const texts = [...reasons].map(([reason, ids]): Cell => ({ text: `${ids.join(', ')} (${reason})` }));
  return texts.length === 0 ? [] : labelled('skipped', texts, style);
}

function nameOf(step: StepRecord): string {
  const unknown = step.state === 'failed' || step.state === 'undo_failed';
  return unknown ? `${step.id} (what it began may have happened)` : step.id;
}
