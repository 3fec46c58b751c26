import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import type { ExecutionRequest, GateRecord } from '../../domain/execution.ts';
import type { Plan, PlanGate } from '../../domain/plan.ts';
import type { GateStatement } from '../../domain/statement.ts';

export interface ApprovalCase {
  readonly request: ExecutionRequest;
  readonly plan: Plan;
  readonly gate: PlanGate;
  readonly record: GateRecord;
  /** Verified signer of the statement. */
  readonly person: string;
  readonly statement: GateStatement;
  readonly now: string;
}

/** Why this signed statement must not count at this gate, or `null` when it may. Pure: the whole four-eyes rule. */
export function judgeApproval(approval: ApprovalCase): ErrorShape | null {
  const { request, plan, gate, record, person, statement } = approval;
  const approvers = record.approvers.filter((id) => id !== person).join(', ') || 'nobody else is declared';
  const unfit = judgeStatement(statement, request.executionId, plan.digest, approval.now);
  if (unfit) return unfit;
  if (statement.gateId !== gate.id) {
    return errorShape('DR_APPROVAL_OTHER_EXECUTION', 'the signature is for another gate', {
      expected: gate.id,
      actual: statement.gateId,
    });
  }
  if (statement.type === 'approve' && person === request.requestedBy) {
    return errorShape('DR_APPROVAL_OWN_REQUEST', 'you asked for this execution, so you cannot approve it', {
      actual: person,
      remedy: `approvers for ${plan.service}: ${approvers}. Send them: lifeboat approve ${request.executionId} --gate ${gate.id}`,
    });
  }
  const roles = plan.people.find((candidate) => candidate.id === person)?.roles ?? [];
  if (!gate.roles.some((role) => roles.includes(role))) {
    return errorShape('DR_APPROVAL_ROLE_MISSING', `${person} does not have the role the gate asks for`, {
      expected: [...gate.roles],
      actual: [...roles],
      remedy: `Ask one of: ${approvers}.`,
    });
  }
  if (record.state !== 'open') {
    return errorShape('DR_GATE_NOT_OPEN', `gate ${gate.id} is ${record.state.replaceAll('_', ' ')}`, {
      expected: 'open',
      actual: record.state,
    });
  }
  const bounds = gate.bounds.map((bound) => `${bound.id}: ${bound.says}`);
  if (statement.factsDigest !== record.factsDigest || JSON.stringify(statement.bounds) !== JSON.stringify(bounds)) {
    return errorShape('DR_APPROVAL_OTHER_FACTS', 'the facts or bounds signed are not the ones the gate shows now', {
      expected: record.factsDigest,
      actual: statement.factsDigest,
    });
  }
  if (record.approvals.some((earlier) => earlier.person === person)) {
    return errorShape('DR_APPROVAL_TWICE', `${person} has approved already; one person counts once`, {
      expected: `${gate.quorum} people`,
      actual: record.approvals.map((earlier) => earlier.person),
      remedy: `Ask one of: ${approvers}.`,
    });
  }
  return statement.type === 'deny' ? null : judgeBounds(approval);
}

/** Why a signed statement does not stand here and now, whatever it says; `null` when it does. */
export function judgeStatement(
  statement: Pick<GateStatement, 'executionId' | 'planDigest' | 'expiresAt'>,
  executionId: string,
  planDigest: string,
  now: string,
): ErrorShape | null {
  if (statement.executionId !== executionId) {
    return errorShape('DR_APPROVAL_OTHER_EXECUTION', 'the signature is for another execution', {
      expected: executionId,
      actual: statement.executionId,
    });
  }
  if (statement.planDigest !== planDigest) {
    return errorShape('DR_APPROVAL_OTHER_PLAN', 'the signature is for another plan', {
      expected: planDigest,
      actual: statement.planDigest,
    });
  }
  if (!(Date.parse(statement.expiresAt) > Date.parse(now))) {
    return errorShape('DR_APPROVAL_EXPIRED', 'the signature expired before it arrived', {
      expected: `before ${statement.expiresAt}`,
      actual: now,
    });
  }
  return null;
}

function judgeBounds({ request, gate, record, statement }: ApprovalCase): ErrorShape | null {
  const outside = record.bounds.find((reading) => reading.verdict === 'outside');
  if (outside) {
    return errorShape('DR_BOUND_OUTSIDE', `${outside.says} does not hold`, {
      field: outside.id,
      expected: outside.says,
      actual: outside.value,
      remedy: `Mend it and read the facts again (lifeboat retry ${request.executionId} ${gate.id}), or abort.`,
    });
  }
  const unknown = record.bounds.find(
    (reading) => reading.verdict === 'unknown' && !statement.accepts.includes(reading.id),
  );
  if (unknown) {
    return errorShape('DR_APPROVAL_UNKNOWN_NOT_ACCEPTED', `${unknown.says}: the value is unknown now`, {
      field: unknown.id,
      expected: `--accept ${unknown.id}`,
      actual: [...statement.accepts],
      remedy: `If you accept not knowing: lifeboat approve ${request.executionId} --gate ${gate.id} --accept ${unknown.id}`,
    });
  }
  return null;
}
