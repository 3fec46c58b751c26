import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../../domain/attempt.ts';
import { errorShape } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { Plan, PlanNode, PlanStep } from '../../../domain/plan.ts';
import { AbortRequest } from '../../../workflows/engine/abort-request.ts';
import { dryRun } from '../../../workflows/engine/dry-run.ts';
import { ExecutionState } from '../../../workflows/engine/execution-state.ts';
import { failureOf } from '../../../workflows/engine/failure-shape.ts';
import { GateKeeper } from '../../../workflows/engine/gate-keeper.ts';
import type { StepRunner } from '../../../workflows/engine/step-runner.ts';
import { plan, request } from './a-gate.ts';

function step(id: string, more: Partial<PlanStep> = {}): PlanStep {
  const common = {
    kind: 'step',
    why: 'x',
    after: [],
    reads: [],
    prepare: false,
    always: false,
    onFailure: 'ask',
    timeoutSeconds: 60,
    region: 'control',
  } as const;
  const use = {
    action: id,
    title: id,
    role: 'check',
    effect: 'observe',
    drill: 'safe',
    permissions: [],
    input: {},
  } as const;
  return { ...use, ...common, id, ...more };
}
const reads = (source: string, field = 'value'): Partial<PlanStep> => ({
  after: [source],
  input: { from: { $ref: [source, field] } },
});

/** Walks nodes with steps that answer as told; the state, the gates and the walk are real. */
async function walk(nodes: readonly PlanNode[], answers: Record<string, Partial<AttemptResult> | Error>) {
  const abort = new AbortRequest();
  const state = new ExecutionState({ ...request, mode: 'dry_run' }, abort);
  state.pin({ ...plan, nodes } as Plan);
  const asked: string[] = [];
  const steps = {
    attempt: async (_use: unknown, id: string) => {
      asked.push(id);
      const answer = answers[id] ?? { kind: 'checked', output: { value: 1 } };
      if (answer instanceof Error) throw answer;
      return { calls: [], observations: 1, ...answer };
    },
  } as unknown as StepRunner;
  const outcome = await dryRun(state, steps, new GateKeeper(state, abort, steps));
  return {
    outcome,
    asked,
    states: Object.fromEntries(state.snapshot.steps.map(({ id, state: is }) => [id, is])),
    snapshot: state.snapshot,
  };
}
const checked = (value: Json) => ({ kind: 'checked' as const, output: { value } });

describe('a dry run', () => {
  it('goes on behind a refusal, so that one run tells everything that stands in the way', async () => {
    const blocked = { kind: 'blocked' as const, error: errorShape('DR_STANDBY_NOT_READY', 'no') };
    const { outcome, states } = await walk([step('a'), step('b', { after: ['a'] }), step('c', { after: ['b'] })], {
      a: blocked,
      c: blocked,
    });
    expect(outcome).toBe('blocked');
    expect(states).toEqual({ a: 'blocked', b: 'checked', c: 'blocked' });
  });

  it('goes on with predicted outputs', async () => {
    const predicted = { kind: 'predicted' as const, why: 'it would', output: { value: 7 } };
    const { outcome, states } = await walk([step('a'), step('b', reads('a'))], { a: predicted });
    expect([outcome, states]).toEqual(['ready', { a: 'predicted', b: 'checked' }]);
  });

  it('does not ask a step that reads what nobody can predict, and says whose output is missing', async () => {
    const unknown = { kind: 'cannot_be_predicted' as const, why: 'nobody knows' };
    const { asked, snapshot } = await walk([step('a'), step('b', reads('a'))], { a: unknown });
    expect(asked).toEqual(['a']);
    expect(snapshot.steps[1]).toMatchObject({ state: 'cannot_be_predicted', because: 'it reads what a will give' });
  });

  it('leaves out what a skipped step would have given, as the live run will', async () => {
    const conditional = step('b', { after: ['a'], when: { $ref: ['a', 'value'] } });
    const { states } = await walk([step('a'), conditional, step('c', reads('b'))], { a: checked(false) });
    expect(states).toEqual({ a: 'checked', b: 'skipped', c: 'checked' });
  });

  it('is not blocked by a step that may fail when it is real', async () => {
    const failing = failureOf(errorShape('DR_CALL_FAILED', 'no answer'));
    const { outcome, states } = await walk([step('a', { onFailure: 'continue' })], { a: failing });
    expect([outcome, states]).toEqual(['ready', { a: 'cannot_be_predicted' }]);
    expect((await walk([step('a')], { a: failing })).outcome).toBe('blocked');
  });

  it('is not blocked by a look that fails at what a change before it would have made', async () => {
    const failing = failureOf(errorShape('DR_CALL_FAILED', 'no answer'));
    const predicted = { kind: 'predicted' as const, why: 'it would', output: { value: 7 } };
    const nodes = [step('a'), step('b', { after: ['a'] }), step('c', { after: ['b'] })];
    const { outcome, states } = await walk(nodes, { a: predicted, c: failing });
    expect([outcome, states]).toEqual(['ready', { a: 'predicted', b: 'checked', c: 'cannot_be_predicted' }]);
  });

  it('is blocked by a bound that does not hold, and shows what people would be shown', async () => {
    const gate: PlanNode = {
      kind: 'gate',
      id: 'go',
      why: 'x',
      after: ['a'],
      shows: ['a'],
      roles: ['approver'],
      quorum: 1,
      bounds: [{ id: 'loss', says: 'at most 5', fact: { $ref: ['a', 'value'] }, atMost: 5, unknown: 'accept_by_name' }],
    };
    const shown = await walk([step('a'), gate], { a: checked(9) });
    expect(shown.outcome).toBe('blocked');
    expect(shown.snapshot.gates[0]).toMatchObject({
      state: 'passed_in_dry_run',
      facts: { a: { value: 9 } },
      bounds: [{ verdict: 'outside' }],
    });
    expect((await walk([step('a'), gate], { a: checked(null) })).outcome).toBe('ready');
  });
});
