import type { StepProgress } from '../../client/lifeboat-client.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { stateWord } from '../screens/execution-words.ts';
import { linesOf, type NodeLine } from '../screens/step-line.ts';

/** One thing that changed between two readings of an execution. */
export interface Change {
  /** When it happened, ISO 8601. */
  readonly at: string;
  readonly kind: 'state' | 'step' | 'gate' | 'refusal' | 'progress';
  /** Step or gate id; the state's own name for the whole. */
  readonly id: string;
  readonly symbol: string;
  readonly seconds: number | null;
  readonly says: string;
}

/** What is new, in the order in which it happened. `before` is `null` for the first reading, which lists what has happened so far. */
export function changesBetween(
  before: ExecutionSnapshot | null,
  after: ExecutionSnapshot,
  progress: { readonly before: readonly StepProgress[]; readonly after: readonly StepProgress[] },
  now: Date,
): readonly Change[] {
  const at = now.toISOString();
  const changes: Change[] = [];
  const nodes = after.plan?.nodes ?? [];
  const lines = after.plan ? linesOf(after.plan, after, progress.after, now) : [];
  for (const line of lines) {
    const kind = nodes.find((node) => node.id === line.id)?.kind === 'gate' ? 'gate' : 'step';
    if (keyOf(line.id, before) !== keyOf(line.id, after) && line.symbol !== '·') {
      changes.push(changeOf(line, kind, happenedAt(line.id, after) ?? at));
    } else if (line.symbol === '▶' && saysOf(line.id, progress.before) !== saysOf(line.id, progress.after)) {
      changes.push(changeOf(line, 'progress', at));
    }
  }
  for (const refusal of after.refusals.slice(before?.refusals.length ?? 0)) {
    const entry = refusal.ledgerEntry ? ` (ledger entry ${refusal.ledgerEntry})` : '';
    const says = `refused ${refusal.command} by ${refusal.person}: ${refusal.error.code}${entry}`;
    changes.push({ at: refusal.at, kind: 'refusal', id: refusal.target, symbol: '✗', seconds: null, says });
  }
  changes.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  if (before === null || stateWord(before) !== stateWord(after)) {
    changes.push({
      at,
      kind: 'state',
      id: after.outcome ?? after.state,
      symbol: '=',
      seconds: null,
      says: stateWord(after),
    });
  }
  return changes;
}

const changeOf = (line: NodeLine, kind: Change['kind'], at: string): Change => ({
  at,
  kind,
  id: line.id,
  symbol: line.symbol,
  seconds: line.seconds,
  says: line.text,
});

/** What about a step or gate is worth a line of its own when it changes. */
function keyOf(id: string, snapshot: ExecutionSnapshot | null): string {
  const step = snapshot?.steps.find((candidate) => candidate.id === id);
  if (step) return `${step.state} ${step.attempts.length} ${step.error?.code ?? ''}`;
  const gate = snapshot?.gates.find((candidate) => candidate.id === id);
  return gate ? `${gate.state} ${gate.round} ${gate.approvals.length}` : '';
}

/** When a step or gate came to be as it is, by the execution's own clock. */
function happenedAt(id: string, { steps, gates }: ExecutionSnapshot): string | null {
  const step = steps.find((candidate) => candidate.id === id);
  if (step) return step.state === 'running' ? (step.attempts.at(-1)?.startedAt ?? step.startedAt) : step.endedAt;
  const gate = gates.find((candidate) => candidate.id === id);
  return gate?.closedAt ?? gate?.approvals.at(-1)?.at ?? gate?.openedAt ?? null;
}

const saysOf = (id: string, progress: readonly StepProgress[]): string => {
  const said = progress.find(({ stepId }) => stepId === id);
  return said ? `${said.says} ${said.lastFailure ?? ''}` : '';
};
