import { describe, expect, it } from 'vitest';
import { errorShape } from '../../../domain/errors.ts';
import type { StepRecord } from '../../../domain/execution.ts';
import { type Plan, type PlanStep, planSteps } from '../../../domain/plan.ts';
import { ancestors, choicesFor, judgeSkip, skipRefusal } from '../../../workflows/engine/judge-skip.ts';
import { plan, request } from './a-gate.ts';

const stepOf = (id: string, of: Plan = plan): PlanStep => planSteps(of).find((step) => step.id === id)!;

const failed: StepRecord = {
  id: 'any',
  state: 'failed',
  startedAt: null,
  endedAt: null,
  attempts: [],
  calls: [],
  output: null,
  error: errorShape('DR_CALL_FAILED', 'no answer'),
  because: null,
  choices: [],
};

function planWith(change: (step: PlanStep) => Partial<PlanStep>): Plan {
  return { ...plan, nodes: plan.nodes.map((node) => (node.kind === 'step' ? { ...node, ...change(node) } : node)) };
}

describe('skipping a failed step', () => {
  it('is refused for the fence and the promotion', () => {
    expect(skipRefusal(plan, stepOf('fence-writers'))).toContain('fence step cannot be skipped');
    expect(skipRefusal(plan, stepOf('promote-database'))).toContain('promote step cannot be skipped');
  });

  it('is refused for what verifies the fence', () => {
    const verifying = planWith(({ id }) =>
      id === 'notify-end' ? { role: 'verify', after: ['fence-writers'], reads: [] } : {},
    );
    expect(skipRefusal(verifying, stepOf('notify-end', verifying))).toBe('it verifies the fence fence-writers');
  });

  it('is refused when a later step reads its output, or a gate shows it', () => {
    expect(skipRefusal(plan, stepOf('shift-traffic'))).toBe('confirm-serving needs its output');
    expect(skipRefusal(plan, stepOf('reach-protected'))).toBe('approve-promotion needs its output');
  });

  it('is refused when a later step runs only on its output', () => {
    const conditional = planWith(({ id }) =>
      id === 'notify-end' ? { when: { $ref: ['notify-start', 'taken'] } } : {},
    );
    expect(skipRefusal(conditional, stepOf('notify-start', conditional))).toBe('notify-end needs its output');
  });

  it('needs a second person behind a gate, and none before it', () => {
    const behind = stepOf('confirm-capacity');
    expect(judgeSkip(plan, behind, request, request.requestedBy)).toMatchObject({ code: 'DR_SECOND_PERSON_NEEDED' });
    expect(judgeSkip(plan, behind, request, 'approver-3')).toBeNull();
    expect(judgeSkip(plan, stepOf('notify-start'), request, request.requestedBy)).toBeNull();
  });

  it('refuses what cannot be skipped whoever asks', () => {
    expect(judgeSkip(plan, stepOf('fence-writers'), request, 'approver-3')).toMatchObject({
      code: 'DR_SKIP_REFUSED',
      field: 'fence-writers',
    });
  });
});

describe('the choices at a failed step', () => {
  const because = (step: string, record: Partial<StepRecord>, pastNoReturn = false) =>
    Object.fromEntries(
      choicesFor(plan, stepOf(step), { ...failed, ...record }, pastNoReturn).map((choice) => [
        choice.command,
        choice.because,
      ]),
    );
  const sent = { service: 'rds', operation: 'FailoverGlobalCluster', region: 'eu-west-3', target: 'x', input: {} };

  it('call a retry safe only when nothing was sent', () => {
    expect(because('promote-database', {})['retry']).toBe('safe: nothing was sent');
    expect(because('promote-database', { calls: [sent] })['retry']).toContain('it looks first');
  });

  it('do not claim that nothing was sent when the worker vanished in the middle of a change', () => {
    const lost = { error: errorShape('DR_ATTEMPT_LOST', 'the worker stopped answering') };
    expect(because('promote-database', lost)['retry']).toContain('it looks first');
    expect(because('read-lag', lost)['retry']).toBe('safe: nothing was sent');
  });

  it('say what an abort would undo', () => {
    expect(because('fence-writers', {})['abort']).toContain('changes are undone');
    expect(because('fence-writers', {}, true)['abort']).toContain('nothing is undone');
  });

  it('offer the skip only where it would be accepted', () => {
    const possible = (step: string) =>
      choicesFor(plan, stepOf(step), failed, false).find(({ command }) => command === 'skip')!.possible;
    expect(possible('confirm-capacity')).toBe(true);
    expect(possible('promote-database')).toBe(false);
  });
});

describe('ancestors', () => {
  it('are all nodes that must finish first, near and far, and no others', () => {
    const before = ancestors(plan, 'fence-writers');
    expect([...before].sort()).toEqual([
      'approve-promotion',
      'check-dns-switch',
      'check-lease',
      'check-standby',
      'confirm-impact',
      'probe-front-door',
      'reach-protected',
      'read-capacity',
      'read-lag',
    ]);
    expect(ancestors(plan, 'confirm-impact').size).toBe(0);
  });
});
