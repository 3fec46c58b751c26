import { callName } from '../../domain/action.ts';
import type { ErrorShape } from '../../domain/errors.ts';
import type { ExecutionSnapshot, GateRecord, StepRecord, StepState } from '../../domain/execution.ts';
import type { Plan, PlanGate, PlanStep } from '../../domain/plan.ts';
import type { Configuration } from '../../domain/service.ts';
import { duration } from '../terminal/duration.ts';
import { type Cell, dotted, headline, labelled, screen, table, unbroken } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { padStart, plain } from '../terminal/text-width.ts';
import { boundLines } from './bounds.ts';
import { byHandWords } from './by-hand.ts';
import { callTotals } from './call-totals.ts';
import { effectWord, routeOf, routeText } from './execution-words.ts';
import { goalOf, objectivesText } from './plan-kind.ts';
import { predictToGoal } from './prediction.ts';
import { renderRefusal } from './refusal.ts';
import { summarise } from './result-summary.ts';
import { warningLines, warningsOf } from './warnings.ts';

export interface PlanExtras {
  readonly configuration?: Configuration;
  /** What to run next: start it when it is ready, plan again when it is blocked. */
  readonly next: readonly Offer[];
}

/** A dry run: the verdict first, what blocks it with its remedy, every step and call, what to run next. */
export function renderPlan(snapshot: ExecutionSnapshot, style: Style, extras: PlanExtras): string {
  const { plan } = snapshot;
  if (plan === null || snapshot.outcome === 'refused') return screen(refused(snapshot, style, extras), style);
  return screen(
    [
      ...heading(snapshot, plan, style, extras),
      ...blockers(snapshot, style),
      ...warnings(snapshot, style),
      '',
      ...steps(snapshot, plan, style),
      '',
      ...legend(snapshot, style),
      ...totals(snapshot, style),
      ...labelled('no return', plain(plan.runbook.pointOfNoReturn), style),
      ...offers(
        'by hand',
        [{ words: byHandWords(snapshot.request.runbook, plan.service, snapshot.request.parameters) }],
        style,
      ),
      '',
      ...offers('next', extras.next, style),
    ],
    style,
  );
}

function refused(snapshot: ExecutionSnapshot, style: Style, extras: PlanExtras): string[] {
  const error: ErrorShape = snapshot.error ?? {
    code: 'DR_INTERNAL',
    message: 'the plan was refused without saying why',
    retryable: false,
    remedy: 'Report it with the log.',
  };
  return [
    ...title(snapshot, null, style, extras),
    ...renderRefusal(error, style, { word: 'refused', next: extras.next }).split('\n'),
  ];
}

function title(snapshot: ExecutionSnapshot, plan: Plan | null, style: Style, { configuration }: PlanExtras): string[] {
  const { request } = snapshot;
  const version = plan ? ` v${plan.runbook.version}` : '';
  const what = `${request.runbook}${version} · ${routeText(routeOf(request, configuration)).replace('  ', ' · ')}`;
  const { paint } = style;
  return headline(
    { text: `DRY RUN      ${what}`, paint: (text) => text.replace('DRY RUN', paint.rehearsal('DRY RUN')) },
    { text: 'nothing was or will be changed', paint: paint.quiet },
    style,
  );
}

function heading(snapshot: ExecutionSnapshot, plan: Plan, style: Style, extras: PlanExtras): string[] {
  const { paint } = style;
  const blocked = snapshot.steps.filter((step) => step.state === 'blocked').length;
  const word = blocked > 0 ? 'BLOCKED' : 'READY';
  const because = blocked > 0 ? `by ${blocked} of ${snapshot.steps.length} steps; a start would stop there` : '';
  const verdict = `${word}   ${because}`.trimEnd();
  const objectives = objectivesText(plan);
  return [
    ...title(snapshot, plan, style, extras),
    ...unbroken('plan', plan.digest, style),
    ...labelled('verdict', verdict, style).map((line) =>
      line.replace(word, blocked > 0 ? paint.bad(word) : paint.good(word)),
    ),
    ...labelled('predicted', prediction(snapshot, plan), style),
    ...(objectives === null ? [] : labelled('objective', objectives, style)),
  ];
}

function prediction(snapshot: ExecutionSnapshot, plan: Plan): string {
  const skipped = snapshot.steps.filter(({ state }) => state === 'skipped').map(({ id }) => id);
  const { seconds, unestimated, conditional } = predictToGoal(plan, skipped);
  const { stretch, limit, fromApproval } = goalOf(plan);
  if (seconds === 0) return 'unknown: no step on the way says how long it takes';
  const least = unestimated.length > 0 ? 'at least ' : conditional ? 'up to ' : '';
  const missing = unestimated.length > 0 ? `; no estimate for ${unestimated.join(', ')}` : '';
  const fits = fromApproval ? ' if people decide fast' : '';
  const within = !limit
    ? ''
    : seconds <= limit.seconds
      ? `; within the ${limit.name}${fits}`
      : `; LONGER THAN THE ${limit.name}`;
  return `${least}${duration(seconds)} ${stretch} (the runbook’s estimate${within}${missing})`;
}

/** What stands in the way, before anything else: which step, why, what was expected, what to do. */
function blockers(snapshot: ExecutionSnapshot, style: Style): string[] {
  const blocked = snapshot.steps.filter((step) => step.state === 'blocked');
  return blocked.flatMap((step) => {
    const { error } = step;
    const message = plain(error?.message ?? step.because ?? 'it would be refused');
    const mend: Cell[] = error?.remedy ? [{ text: `remedy: ${plain(error.remedy)}` }] : [];
    const lines = labelled(
      '✗ blocked',
      [{ text: `${step.id}: ${message}${error ? ` (${error.code})` : ''}` }, ...mend],
      style,
    );
    return lines.map((line) => line.replace('✗ blocked', style.paint.bad('✗ blocked')));
  });
}

/** What does not stop it and should be known: warnings of checks, and bounds an approver could not sign as they read now. */
function warnings(snapshot: ExecutionSnapshot, style: Style): string[] {
  const ofBounds = snapshot.gates.flatMap((gate) =>
    gate.bounds
      .filter(({ verdict }) => verdict !== 'within')
      .map((bound) =>
        bound.verdict === 'unknown'
          ? `${gate.id}: ${bound.id} is unknown now; an approver must accept that by name`
          : `${gate.id}: ${plain(bound.says)} does not hold now; nobody could approve`,
      ),
  );
  return warningLines([...warningsOf(snapshot.steps), ...ofBounds], style);
}

const SYMBOLS: Readonly<Partial<Record<StepState, string>>> = {
  checked: '✓',
  predicted: '→',
  cannot_be_predicted: '?',
  blocked: '✗',
  skipped: '–',
};

function steps(snapshot: ExecutionSnapshot, plan: Plan, style: Style): string[] {
  const { paint } = style;
  const painters: Readonly<Record<string, (text: string) => string>> = {
    '✓': paint.good,
    '→': paint.busy,
    '✗': paint.bad,
    '?': paint.warn,
  };
  let number = 0;
  const rows = plan.nodes.map((node): PlanRow => {
    if (node.kind === 'gate') {
      const gate = snapshot.gates.find(({ id }) => id === node.id);
      return { number: 'G', symbol: ' ', id: node.id, effect: 'gate', text: gateText(node, gate) };
    }
    number += 1;
    const step = snapshot.steps.find(({ id }) => id === node.id);
    const symbol = (step && SYMBOLS[step.state]) ?? '·';
    return { number: String(number), symbol, id: node.id, effect: effectWord(node), text: stepText(node, step) };
  });
  const cells = rows.map((row): readonly Cell[] => [
    { text: row.number },
    { text: row.symbol, ...(painters[row.symbol] ? { paint: painters[row.symbol]! } : {}) },
    { text: row.id, paint: paint.strong },
    { text: row.effect, ...(row.effect === 'irreversible' ? { paint: paint.strong } : {}) },
    { text: row.text },
  ]);
  if (style.width < WIDE) return stacked(cells, style);
  const columns = [
    { title: '#', align: 'right' as const },
    { title: ' ' },
    { title: 'step' },
    { title: 'effect' },
    { title: 'what was seen → what it would do', flexible: true },
  ];
  return table(columns, cells, style);
}

/** From this width on a step and what there is to say of it stand on one line. */
const WIDE = 100;

interface PlanRow {
  readonly number: string;
  readonly symbol: string;
  readonly id: string;
  readonly effect: string;
  readonly text: string;
}

/** On a narrow terminal the text stands under its step, with nearly the whole width for itself. */
function stacked(rows: readonly (readonly Cell[])[], style: Style): string[] {
  return rows.flatMap(([number, symbol, id, effect, text]) => [
    ...table([{ align: 'right' }, {}, {}, {}], [[{ text: padStart(number!.text, 2) }, symbol!, id!, effect!]], style),
    ...table([{ flexible: true }], [[text!]], style, 7),
  ]);
}

function stepText(node: PlanStep, step: StepRecord | undefined): string {
  if (!step) return plain(node.title);
  const calls = step.calls.map((call) => plain(callName(call)));
  if (step.state === 'blocked') return `would be refused: ${step.error?.code ?? ''}`.trim();
  if (step.state === 'checked') return plain(summarise(node.action, step.output)) || 'nothing left to do';
  return [plain(step.because ?? node.title), ...calls].join('\n');
}

/** What a gate asks, and how its bounds read now. */
function gateText(node: PlanGate, gate: GateRecord | undefined): string {
  const people = `${node.quorum} ${node.roles.join(' or ')}${node.quorum > 1 ? 's' : ''}, not the asker`;
  return [
    `${people}, must sign`,
    ...(gate ? boundLines(gate.bounds, 'plan') : node.bounds.map(({ says }) => says)),
  ].join('\n');
}

function legend(snapshot: ExecutionSnapshot, style: Style): string[] {
  const count = (state: StepState): number => snapshot.steps.filter((step) => step.state === state).length;
  const parts = [
    `✓ ${count('checked')} checked`,
    `→ ${count('predicted')} predicted`,
    `? ${count('cannot_be_predicted')} cannot be predicted`,
    `✗ ${count('blocked')} blocked`,
  ];
  if (count('skipped') > 0) parts.push(`– ${count('skipped')} not needed`);
  return labelled('steps', dotted(parts), style);
}

function totals(snapshot: ExecutionSnapshot, style: Style): string[] {
  const names = callTotals(snapshot.steps.flatMap((step) => step.calls));
  const text = names.length === 0 ? 'none that changes anything' : `${dotted(names)}  (all others are reads)`;
  return labelled('calls', text, style);
}
