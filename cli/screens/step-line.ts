import type { StepProgress } from '../../client/lifeboat-client.ts';
import type { ExecutionSnapshot, GateRecord, StepRecord, StepState } from '../../domain/execution.ts';
import type { Plan, PlanNode } from '../../domain/plan.ts';
import { duration, instant } from '../terminal/duration.ts';
import type { Cell } from '../terminal/layout.ts';
import type { Paint } from '../terminal/paint.ts';
import { plain } from '../terminal/text-width.ts';
import { attemptSeconds, stepSeconds } from './execution-times.ts';
import { quoted } from './execution-words.ts';
import { summarise } from './result-summary.ts';

const STEP_SYMBOLS: Readonly<Record<StepState, string>> = {
  not_executed: '·',
  running: '▶',
  failed: '✗',
  done: '✓',
  skipped: '–',
  undone: '↺',
  undo_failed: '✗',
  checked: '✓',
  predicted: '→',
  cannot_be_predicted: '?',
  blocked: '✗',
};

export const painterOf = (symbol: string, paint: Paint): ((text: string) => string) =>
  ({ '✓': paint.good, '✗': paint.bad, '▶': paint.busy, '?': paint.warn, '↺': paint.warn })[symbol] ?? paint.quiet;

/** One line of the board: symbol, id, time taken, what there is to say. */
export interface NodeLine {
  readonly id: string;
  readonly symbol: string;
  readonly seconds: number | null;
  readonly text: string;
  /** It is the current one: shown whatever the height of the terminal. */
  readonly current: boolean;
}

function nodeLine(node: PlanNode, snapshot: ExecutionSnapshot, progress: readonly StepProgress[], now: Date): NodeLine {
  if (node.kind === 'gate') return gateLine(node.id, snapshot, now);
  const step = snapshot.steps.find(({ id }) => id === node.id);
  if (!step) return { id: node.id, symbol: '·', seconds: null, text: '', current: false };
  const said = progress.find(({ stepId }) => stepId === node.id);
  return {
    id: node.id,
    symbol: STEP_SYMBOLS[step.state],
    seconds: stepSeconds(step, now),
    text: stepText(node, step, said, snapshot, now),
    current: step.state === 'running' || (step.state === 'failed' && step.choices.length > 0),
  };
}

function stepText(
  node: Extract<PlanNode, { kind: 'step' }>,
  step: StepRecord,
  said: StepProgress | undefined,
  snapshot: ExecutionSnapshot,
  now: Date,
): string {
  switch (step.state) {
    case 'running':
      return runningText(node, step, said, now);
    case 'not_executed':
      return waitsFor(node, snapshot);
    case 'failed':
      return `attempt ${step.attempts.length}   ${step.error ? `${step.error.code}  ${plain(step.error.message)}` : 'failed'}`;
    case 'done':
      return plain(summarise(node.action, step.output));
    default:
      return plain(step.because ?? '');
  }
}

/** What it says, which attempt, how often it looked, how long its author expects it to take, and why the last try ended. */
function runningText(
  node: Extract<PlanNode, { kind: 'step' }>,
  step: StepRecord,
  said: StepProgress | undefined,
  now: Date,
): string {
  const parts = [plain(said?.says ?? '') || plain(node.title)];
  const attempt = step.attempts.at(-1)?.number ?? 1;
  const ownSeconds = attemptSeconds(step, now);
  parts.push(
    attempt > 1 && ownSeconds !== null ? `attempt ${attempt} since ${duration(ownSeconds)}` : `attempt ${attempt}`,
  );
  if (said && said.attempt > 1) parts.push(`worker try ${said.attempt}`);
  if (said && said.observations > 0) parts.push(`looked ${said.observations}×`);
  if (node.expectSeconds !== undefined) parts.push(`expected ${duration(node.expectSeconds)}`);
  const failure = said?.lastFailure ?? step.attempts.at(-2)?.error?.message;
  if (failure) parts.push(`last try: ${plain(failure)}`);
  return parts.join(' · ');
}

/** Steps and gates that must finish first. */
function waitsFor(node: PlanNode, snapshot: ExecutionSnapshot): string {
  const open = node.after.filter((id) => !isOver(id, snapshot));
  if (snapshot.endedAt !== null) return 'not executed';
  if (node.kind === 'step' && node.always) return 'at the end, whatever happens';
  return open.length === 0 ? 'next' : `waits for ${open.join(', ')}`;
}

function isOver(id: string, snapshot: ExecutionSnapshot): boolean {
  const gate = snapshot.gates.find((candidate) => candidate.id === id);
  if (gate) return gate.state === 'approved' || gate.state === 'passed_in_dry_run';
  const step = snapshot.steps.find((candidate) => candidate.id === id);
  return step !== undefined && ['done', 'skipped', 'undone', 'checked', 'predicted'].includes(step.state);
}

function gateLine(id: string, snapshot: ExecutionSnapshot, now: Date): NodeLine {
  const gate = snapshot.gates.find((candidate) => candidate.id === id);
  if (!gate) return { id, symbol: '·', seconds: null, text: '', current: false };
  const seconds =
    gate.openedAt === null
      ? null
      : (Date.parse(gate.closedAt ?? snapshot.endedAt ?? now.toISOString()) - Date.parse(gate.openedAt)) / 1_000;
  const symbols = { not_reached: '·', open: '?', approved: '✓', denied: '✗', passed_in_dry_run: '✓' } as const;
  return {
    id,
    symbol: symbols[gate.state],
    seconds,
    text: gateText(gate, snapshot, now),
    current: gate.state === 'open',
  };
}

function gateText(gate: GateRecord, snapshot: ExecutionSnapshot, now: Date): string {
  const words = gate.approvals.map((given) => {
    const accepts = given.accepts.length > 0 ? `, accepts unknown ${given.accepts.join(', ')}` : '';
    return `${given.decision === 'deny' ? 'denied by ' : ''}${given.person}: ${quoted(given.reason)}${accepts}`;
  });
  if (gate.state === 'open') {
    const since = gate.openedAt ? ` since ${instant(gate.openedAt, now)}` : '';
    const again = gate.reopenedBecause ? ` · opened again: ${plain(gate.reopenedBecause)}` : '';
    return [`open${since}: ${gate.approvals.length} of ${gate.quorum} approved`, ...words].join(' · ') + again;
  }
  if (gate.state === 'not_reached') {
    const node = snapshot.plan?.nodes.find((candidate) => candidate.id === gate.id);
    return node ? waitsFor(node, snapshot) : '';
  }
  return words.join(' · ');
}

/** The same line as cells of the board. */
export function lineCells(line: NodeLine, paint: Paint): readonly Cell[] {
  const own = painterOf(line.symbol, paint);
  return [
    { text: line.symbol, paint: own },
    { text: line.id, ...(line.current ? { paint: paint.strong } : line.symbol === '·' ? { paint: paint.quiet } : {}) },
    { text: line.seconds === null ? '' : duration(line.seconds) },
    { text: line.text, ...(line.symbol === '✗' ? { paint: own } : line.symbol === '·' ? { paint: paint.quiet } : {}) },
  ];
}

export const linesOf = (
  plan: Plan,
  snapshot: ExecutionSnapshot,
  progress: readonly StepProgress[],
  now: Date,
): readonly NodeLine[] => plan.nodes.map((node) => nodeLine(node, snapshot, progress, now));
