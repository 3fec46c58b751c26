import { describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../../domain/execution.ts';
import { judgeApproval } from '../../../workflows/engine/judge-approval.ts';
import { approval, gate, openGate } from './a-gate.ts';

const earlier = (person: string): ApprovalRecord => ({
  person,
  decision: 'approve',
  reason: 'read it',
  at: '2026-11-21T03:02:30.000Z',
  accepts: [],
});
const codeOf = (...change: Parameters<typeof approval>) => judgeApproval(approval(...change))?.code;

const unknownLoss = openGate.bounds.map((bound) =>
  bound.id === 'loss' ? { ...bound, value: null, verdict: 'unknown' as const } : bound,
);

describe('an approval', () => {
  it('counts when another person with the role signs exactly what the open gate shows', () => {
    expect(judgeApproval(approval())).toBeNull();
  });

  it.each([
    ['another execution', { statement: { executionId: 'fo-2' } }, 'DR_APPROVAL_OTHER_EXECUTION'],
    ['another gate', { statement: { gateId: 'approve-other' } }, 'DR_APPROVAL_OTHER_EXECUTION'],
    ['another plan', { statement: { planDigest: 'sha256:other' } }, 'DR_APPROVAL_OTHER_PLAN'],
    ['other facts', { statement: { factsDigest: 'sha256:other' } }, 'DR_APPROVAL_OTHER_FACTS'],
    ['other bounds', { statement: { bounds: ['loss: any'] } }, 'DR_APPROVAL_OTHER_FACTS'],
    ['fewer bounds', { statement: { bounds: [] } }, 'DR_APPROVAL_OTHER_FACTS'],
    ['their own request', { person: 'approver-2' }, 'DR_APPROVAL_OWN_REQUEST'],
    ['a gate whose role they lack', { person: 'oncall-1' }, 'DR_APPROVAL_ROLE_MISSING'],
    ['an execution of people they are not among', { person: 'nobody' }, 'DR_APPROVAL_ROLE_MISSING'],
    ['a gate that is not reached', { record: { state: 'not_reached' } }, 'DR_GATE_NOT_OPEN'],
    ['a gate that is approved', { record: { state: 'approved' } }, 'DR_GATE_NOT_OPEN'],
    ['a gate that is denied', { record: { state: 'denied' } }, 'DR_GATE_NOT_OPEN'],
    ['a gate they approved already', { record: { approvals: [earlier('approver-3')] } }, 'DR_APPROVAL_TWICE'],
  ] as const)('is refused for %s', (_what, change, code) => {
    expect(codeOf(change as Parameters<typeof approval>[0])).toBe(code);
  });

  it('is refused from the instant it expires, and when its expiry is no instant at all', () => {
    expect(codeOf({ now: '2026-11-21T03:11:59.999Z' })).toBeUndefined();
    expect(codeOf({ now: '2026-11-21T03:12:00.000Z' })).toBe('DR_APPROVAL_EXPIRED');
    expect(codeOf({ statement: { expiresAt: 'never' } })).toBe('DR_APPROVAL_EXPIRED');
  });

  it('of another person counts beside the first, one for each', () => {
    expect(codeOf({ record: { approvals: [earlier('approver-1')] } })).toBeUndefined();
  });

  it('is refused while a bound does not hold, whatever is accepted by name', () => {
    const bounds = openGate.bounds.map((bound) => ({ ...bound, value: 90, verdict: 'outside' as const }));
    const accepts = bounds.map(({ id }) => id);
    expect(judgeApproval(approval({ record: { bounds }, statement: { accepts } }))).toMatchObject({
      code: 'DR_BOUND_OUTSIDE',
      field: 'loss',
      actual: 90,
    });
  });

  it('is refused while a value is unknown, until that bound is accepted by its own name', () => {
    expect(judgeApproval(approval({ record: { bounds: unknownLoss } }))).toMatchObject({
      code: 'DR_APPROVAL_UNKNOWN_NOT_ACCEPTED',
      field: 'loss',
      remedy: expect.stringContaining('--accept loss'),
    });
    expect(codeOf({ record: { bounds: unknownLoss }, statement: { accepts: ['standby'] } })).toBe(
      'DR_APPROVAL_UNKNOWN_NOT_ACCEPTED',
    );
    expect(codeOf({ record: { bounds: unknownLoss }, statement: { accepts: ['loss'] } })).toBeUndefined();
  });

  it('refused as one’s own names who else can approve, and how', () => {
    expect(judgeApproval(approval({ person: 'approver-2' }))!.remedy).toBe(
      `approvers for booking: approver-3. Send them: lifeboat approve fo-1 --gate ${gate.id}`,
    );
  });

  it('says that it is for another execution before anything else, and that it is one’s own before the role', () => {
    const everythingWrong = {
      person: 'oncall-1',
      statement: { executionId: 'fo-2', planDigest: 'x', factsDigest: 'x', expiresAt: '2020-01-01T00:00:00.000Z' },
      record: { state: 'denied' as const },
    };
    expect(codeOf(everythingWrong)).toBe('DR_APPROVAL_OTHER_EXECUTION');
    expect(codeOf({ person: 'oncall-1', record: { state: 'denied' } })).toBe('DR_APPROVAL_ROLE_MISSING');
    expect(codeOf({ person: 'approver-2', record: { state: 'denied' } })).toBe('DR_APPROVAL_OWN_REQUEST');
  });
});

describe('a denial', () => {
  it('is open to whoever asked, if they have the role: stopping needs no second person', () => {
    expect(codeOf({ person: 'approver-2', statement: { type: 'deny' } })).toBeUndefined();
    expect(codeOf({ person: 'oncall-1', statement: { type: 'deny' } })).toBe('DR_APPROVAL_ROLE_MISSING');
  });

  it('needs no bound to hold or to be known', () => {
    const bounds = openGate.bounds.map((bound) => ({ ...bound, value: 90, verdict: 'outside' as const }));
    expect(codeOf({ record: { bounds }, statement: { type: 'deny' } })).toBeUndefined();
    expect(codeOf({ record: { bounds: unknownLoss }, statement: { type: 'deny' } })).toBeUndefined();
  });

  it('is bound to execution, plan and facts as an approval is', () => {
    expect(codeOf({ statement: { type: 'deny', planDigest: 'sha256:other' } })).toBe('DR_APPROVAL_OTHER_PLAN');
    expect(codeOf({ statement: { type: 'deny', factsDigest: 'sha256:other' } })).toBe('DR_APPROVAL_OTHER_FACTS');
  });
});
