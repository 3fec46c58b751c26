import { describe, expect, it } from 'vitest';
import { errorShape } from '../../../domain/errors.ts';
import { AbortRequest } from '../../../workflows/engine/abort-request.ts';
import { ExecutionState } from '../../../workflows/engine/execution-state.ts';
import { gate, plan, request } from './a-gate.ts';

function running() {
  const abort = new AbortRequest();
  const state = new ExecutionState(request, abort);
  state.pin(plan);
  state.update({ state: 'running' });
  return { state, abort };
}
const choices = [{ command: 'retry', possible: true, because: 'safe' }] as const;

describe('what the reader is told first', () => {
  it('is that people are waited for only while nothing runs', () => {
    const { state } = running();
    state.updateGate(gate.id, { state: 'open' });
    expect(state.snapshot.state).toBe('waiting_for_people');
    state.updateStep('prepare-compute', { state: 'running' });
    expect(state.snapshot.state).toBe('running');
    state.updateStep('prepare-compute', { state: 'done' });
    expect(state.snapshot.state).toBe('waiting_for_people');
  });

  it('is a failed step while it asks, and no longer once it is tried again', () => {
    const { state } = running();
    state.updateStep('read-lag', { state: 'failed', choices });
    expect(state.snapshot.state).toBe('step_failed');
    state.updateStep('read-lag', { state: 'running', choices: [] });
    expect(state.snapshot.state).toBe('running');
  });

  it('is not a step that was allowed to fail', () => {
    const { state } = running();
    state.updateStep('notify-start', { state: 'failed', choices: [], error: errorShape('DR_CALL_FAILED', 'no') });
    expect(state.snapshot.state).toBe('running');
  });

  it('is the pause, which an abort ends', () => {
    const { state, abort } = running();
    state.update({ pausedBy: 'oncall-1' });
    expect([state.snapshot.state, state.held]).toEqual(['paused', true]);
    abort.request({ outcome: 'aborted', because: 'enough' });
    expect([state.snapshot.state, state.held]).toEqual(['aborting', false]);
  });

  it('is not taken back once the record is being sealed', () => {
    const { state, abort } = running();
    state.update({ state: 'sealing' });
    abort.request({ outcome: 'aborted', because: 'too late' });
    state.updateStep('read-lag', { state: 'running' });
    expect(state.snapshot.state).toBe('sealing');
  });

  it('grows a version with every change', () => {
    const { state } = running();
    const before = state.snapshot.version;
    state.mark('fenced', request.requestedAt);
    expect(state.snapshot.version).toBe(before + 1);
  });
});

describe('who may still approve', () => {
  it('is everybody with the role, save the asker and those who have', () => {
    const { state } = running();
    expect(state.gate(gate.id).approvers).toEqual(['approver-3']);
    const approval = {
      person: 'approver-3',
      decision: 'approve',
      reason: 'x',
      at: request.requestedAt,
      accepts: [],
    } as const;
    state.decided(gate, [approval]);
    expect(state.gate(gate.id)).toMatchObject({ approvals: [approval], approvers: [] });
    state.decided(gate, []);
    expect(state.gate(gate.id).approvers).toEqual(['approver-3']);
  });
});

describe('an abort', () => {
  it('keeps its first reason', () => {
    const abort = new AbortRequest();
    abort.request({ outcome: 'denied', because: 'first' });
    abort.request({ outcome: 'aborted', because: 'second' });
    expect(abort.end).toEqual({ outcome: 'denied', because: 'first' });
  });
});
