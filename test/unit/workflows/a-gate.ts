import type { ExecutionRequest, GateRecord } from '../../../domain/execution.ts';
import { type Plan, type PlanGate, planGates } from '../../../domain/plan.ts';
import type { GateStatement } from '../../../domain/statement.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { regionFailover } from '../../../runbooks/region-failover.ts';
import type { ApprovalCase } from '../../../workflows/engine/judge-approval.ts';

/** The real plan of the example service, asked for by `approver-2`, who has both roles. */
export const plan: Plan = compilePlan({
  runbook: regionFailover,
  service: EXAMPLE_SERVICE,
  parameters: { to: 'eu-west-3', quorum: 2 },
});
const [foundGate] = planGates(plan);
export const gate: PlanGate = foundGate!;

export const request: ExecutionRequest = {
  executionId: 'fo-1',
  runbook: 'region-failover',
  service: 'booking',
  parameters: { to: 'eu-west-3', quorum: 2 },
  mode: 'live',
  purpose: 'incident',
  reason: 'dark',
  requestedBy: 'approver-2',
  requestedAt: '2026-11-21T03:00:00.000Z',
  planDigest: plan.digest,
  signed: null,
};

export const openGate: GateRecord = {
  id: gate.id,
  state: 'open',
  openedAt: '2026-11-21T03:01:00.000Z',
  closedAt: null,
  round: 1,
  facts: {},
  factsDigest: 'sha256:facts',
  bounds: gate.bounds.map(({ id, says }) => ({ id, says, value: 0, verdict: 'within' as const })),
  approvals: [],
  quorum: 2,
  approvers: ['approver-3'],
  reopenedBecause: null,
};

const statement: GateStatement = {
  type: 'approve',
  person: 'approver-3',
  executionId: 'fo-1',
  gateId: gate.id,
  planDigest: plan.digest,
  factsDigest: 'sha256:facts',
  bounds: gate.bounds.map(({ id, says }) => `${id}: ${says}`),
  accepts: [],
  reason: 'read it',
  issuedAt: '2026-11-21T03:02:00.000Z',
  expiresAt: '2026-11-21T03:12:00.000Z',
};

/** An approval that counts, with whatever a test wants to be otherwise. */
export function approval(
  change: { statement?: Partial<GateStatement>; record?: Partial<GateRecord>; person?: string; now?: string } = {},
): ApprovalCase {
  const person = change.person ?? 'approver-3';
  return {
    request,
    plan,
    gate,
    record: { ...openGate, ...change.record },
    person,
    statement: { ...statement, person, ...change.statement },
    now: change.now ?? '2026-11-21T03:03:00.000Z',
  };
}
