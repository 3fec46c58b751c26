import type { ExecutionView } from '../../client/lifeboat-client.ts';
import type { ExecutionSnapshot, GateRecord, StepRecord } from '../../domain/execution.ts';
import { planSteps } from '../../domain/plan.ts';
import { duration, instant, secondsBetween } from '../terminal/duration.ts';
import { type Cell, labelled } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { boundLines } from './bounds.ts';
import { askedBySchedule } from './execution-words.ts';

/** The last block of the board: what it waits for and from whom, what people may do, what to type. */
export function attention(view: ExecutionView, now: Date, style: Style, redrawn: boolean): string[] {
  const { snapshot } = view;
  const failed = snapshot.steps.filter((step) => step.state === 'failed' && step.choices.length > 0);
  const open = snapshot.gates.filter((gate) => gate.state === 'open');
  return [
    ...failed.flatMap((step) => failure(step, snapshot, style)),
    ...open.flatMap((gate) => decision(gate, snapshot, now, style)),
    ...(failed.length === 0 && open.length === 0 ? waiting(view, style) : []),
    ...lastRefusal(snapshot, now, style),
    ...offers('next', nextOffers(snapshot, failed, open), style),
    ...(redrawn ? labelled('', { text: 'Ctrl-C leaves it running', paint: style.paint.quiet }, style) : []),
  ];
}

/** Commands that fit the present state; each exists. */
function nextOffers(
  snapshot: ExecutionSnapshot,
  failed: readonly StepRecord[],
  open: readonly GateRecord[],
): readonly Offer[] {
  const { executionId } = snapshot.request;
  if (snapshot.endedAt !== null) return [];
  const list: Offer[] = [];
  for (const step of failed) {
    for (const choice of step.choices) {
      if (choice.command !== 'abort' && choice.possible) list.push({ words: [choice.command, executionId, step.id] });
    }
  }
  for (const gate of open) list.push({ words: approveWords(executionId, gate), says: `one of ${people(gate)}` });
  if (snapshot.pausedBy !== null) list.push({ words: ['resume', executionId] });
  else if (failed.length === 0 && open.length === 0) list.push({ words: ['pause', executionId] });
  if (snapshot.state !== 'aborting') list.push({ words: ['abort', executionId] });
  return list;
}

/** Without what it accepts: that is named by whoever accepts it, never pasted. */
const approveWords = (executionId: string, gate: GateRecord): readonly string[] => [
  'approve',
  executionId,
  '--gate',
  gate.id,
];

const people = (gate: GateRecord): string => {
  const left = gate.approvers.filter((id) => !gate.approvals.some(({ person }) => person === id));
  return left.length > 0 ? left.join(', ') : 'nobody who may approve is declared';
};

function decision(gate: GateRecord, snapshot: ExecutionSnapshot, now: Date, style: Style): string[] {
  const since = gate.openedAt ?? snapshot.startedAt;
  const missing = gate.quorum - gate.approvals.length;
  const who = `${people(gate)} (${missing} approval${missing === 1 ? '' : 's'} needed at ${gate.id})`;
  const texts: Cell[] = [
    { text: `${who}, since ${instant(since, now)}: ${duration(secondsBetween(since, now))}` },
    ...boundLines(gate.bounds).map((text) => ({ text, ...(text.startsWith('✓') ? {} : { paint: style.paint.warn }) })),
    { text: paged(snapshot, now) },
  ];
  if (gate.reopenedBecause)
    texts.splice(1, 0, { text: `opened again: ${plain(gate.reopenedBecause)}`, paint: style.paint.warn });
  return labelled('waiting for', texts, style);
}

/** How people were told, from the steps whose part it is to tell them. */
function paged(snapshot: ExecutionSnapshot, now: Date): string {
  const told = planSteps(snapshot.plan!)
    .filter((step) => step.role === 'notify')
    .map((step) => snapshot.steps.find(({ id }) => id === step.id))
    .find((step) => step?.state === 'done');
  return told?.endedAt
    ? `told by webhook ${instant(told.endedAt, now)} (${told.id})`
    : 'nobody was told automatically: tell them yourself';
}

function failure(step: StepRecord, snapshot: ExecutionSnapshot, style: Style): string[] {
  const { paint } = style;
  const error = step.error;
  const facts = [
    error?.field ? `field ${error.field}` : null,
    error?.expected !== undefined ? `expected ${JSON.stringify(error.expected)}` : null,
    error?.actual !== undefined ? `found ${JSON.stringify(error.actual)}` : null,
  ].filter((fact) => fact !== null);
  const because = [`${step.id}: ${error?.code ?? ''} ${plain(error?.message ?? step.because ?? '')}`.trim()];
  if (facts.length > 0) because.push(plain(facts.join(' · ')));
  if (error?.remedy) because.push(plain(error.remedy));
  const choices = step.choices.map((choice): Cell => {
    const says = choice.possible ? choice.because : `not possible: ${choice.because}`;
    return { text: `${choice.command}: ${plain(says)}`, ...(choice.possible ? {} : { paint: paint.quiet }) };
  });
  const { requestedBy } = snapshot.request;
  const asked = askedBySchedule(requestedBy) ? 'any operator' : `${requestedBy} or another operator`;
  return [
    ...labelled(
      'because',
      because.map((text) => ({ text, paint: paint.bad })),
      style,
    ),
    ...labelled('you can', choices, style),
    ...labelled('waiting for', `${asked}: a decision about ${step.id}`, style),
  ];
}

function waiting(view: ExecutionView, style: Style): string[] {
  const { snapshot } = view;
  if (snapshot.pausedBy !== null)
    return labelled('waiting for', `${snapshot.pausedBy}, who paused it, or any operator: resume`, style);
  const running = snapshot.steps.filter((step) => step.state === 'running');
  if (snapshot.state === 'aborting')
    return labelled(
      'aborting',
      'attempts in flight finish, changes are undone or cleaned up, nothing new starts',
      style,
    );
  if (snapshot.state === 'sealing') return labelled('waiting for', 'the evidence store, to seal the record', style);
  if (snapshot.state === 'compiling') return labelled('waiting for', 'a worker, to make the plan', style);
  if (running.length === 0) return [];
  const told = running.map((step) => {
    const said = view.progress.find(({ stepId }) => stepId === step.id);
    return `${step.id}${said?.says ? ` (${plain(said.says)})` : ''}`;
  });
  return labelled('waiting for', `${told.join(', ')}: nothing for you to do`, style);
}

function lastRefusal(snapshot: ExecutionSnapshot, now: Date, style: Style): string[] {
  const last = snapshot.refusals.at(-1);
  if (!last) return [];
  const more = snapshot.refusals.length > 1 ? ` (${snapshot.refusals.length} refusals in all)` : '';
  const entry = last.ledgerEntry ? `, ledger entry ${last.ledgerEntry}` : '';
  return labelled(
    'refused',
    {
      text: `${last.person} ${last.command} ${last.target} ${instant(last.at, now)}: ${last.error.code}${entry}${more}`,
      paint: style.paint.warn,
    },
    style,
  );
}
