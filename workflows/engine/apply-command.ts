import type { CommandReceipt } from '../../domain/commands.ts';
import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import { type PlanGate, type PlanStep, planGates, planSteps } from '../../domain/plan.ts';
import type { GateStatement, SignedStatement, StepStatement } from '../../domain/statement.ts';
import type { AbortRequest } from './abort-request.ts';
import { engine } from './activities.ts';
import type { Command } from './command-queue.ts';
import type { EvidenceWriter } from './evidence-writer.ts';
import { type ExecutionState, now } from './execution-state.ts';
import { failureOf } from './failure-shape.ts';
import type { GateKeeper } from './gate-keeper.ts';
import { judgeApproval, judgeStatement } from './judge-approval.ts';
import { judgeSkip } from './judge-skip.ts';
import type { StepRunner } from './step-runner.ts';

export interface CommandSurroundings {
  readonly state: ExecutionState;
  readonly abort: AbortRequest;
  readonly evidence: EvidenceWriter;
  readonly steps: StepRunner;
  readonly gates: GateKeeper;
}

/** Applies one command or refuses it. A refusal is recorded before its sender hears of it. */
export function applyCommand(around: CommandSurroundings, command: Command): Promise<CommandReceipt> {
  switch (command.name) {
    case 'approve':
    case 'deny':
      return decideGate(around, command.name, command.body.target, command.body.signed);
    case 'skip':
    case 'abort':
      return endOrSkip(around, command.name, command.body.target, command.body.signed);
    default:
      return steer(around, command);
  }
}

async function decideGate(
  around: CommandSurroundings,
  name: 'approve' | 'deny',
  gateId: string,
  signed: SignedStatement,
): Promise<CommandReceipt> {
  const { state, gates, evidence } = around;
  const gate = findGate(state, gateId);
  const { person, statement } = await verified<GateStatement>(around, name, gateId, signed);
  const error = judgeApproval({
    request: state.snapshot.request,
    plan: state.plan,
    gate,
    record: state.gate(gateId),
    person,
    statement,
    now: now(),
  });
  if (error) return refuse(around, name, gateId, person, error, signed);
  const facts = {
    gate: gateId,
    person,
    decision: statement.type,
    reason: statement.reason,
    accepts: statement.accepts,
  };
  const entry = await evidence.append(statement.type === 'approve' ? 'approved' : 'denied', facts, {
    statement: signed,
  });
  const { type: decision, reason, accepts } = statement;
  gates.decide(gate, { person, decision, reason, at: now(), accepts });
  const { approvals } = state.gate(gateId);
  return receipt(`${person}: ${decision} ${gateId} (${approvals.length} of ${gate.quorum})`, entry);
}

async function endOrSkip(
  around: CommandSurroundings,
  name: 'skip' | 'abort',
  target: string,
  signed: SignedStatement,
): Promise<CommandReceipt> {
  const { state, abort, steps, evidence } = around;
  const { person, statement } = await verified<StepStatement>(around, name, target, signed);
  const { request } = state.snapshot;
  const unfit = judgeStatement(statement, request.executionId, state.plan.digest, now());
  if (unfit) return refuse(around, name, target, person, unfit, signed);
  if (name === 'abort') {
    const entry = await evidence.append(
      'addendum',
      { command: 'abort', person, reason: statement.reason },
      { statement: signed },
    );
    abort.request({ outcome: 'aborted', because: `${person}: ${statement.reason}` });
    return receipt('aborting: attempts in flight finish, nothing new starts', entry);
  }
  const step = findStep(state, target);
  const record = state.step(target);
  const error =
    record.state !== 'failed' || record.choices.length === 0
      ? errorShape(
          'DR_STEP_NOT_FAILED',
          `${target} is ${record.state.replaceAll('_', ' ')}, only a failed step can be skipped`,
        )
      : statement.stepId !== target
        ? errorShape('DR_APPROVAL_OTHER_EXECUTION', 'the signature is for another step', {
            expected: target,
            actual: statement.stepId,
          })
        : judgeSkip(state.plan, step, request, person);
  if (error) return refuse(around, name, target, person, error, signed);
  const entry = await evidence.append(
    'addendum',
    { command: 'skip', step: target, person, reason: statement.reason },
    { statement: signed },
  );
  steps.answer(target, 'skip');
  return receipt(`${target} is skipped`, entry);
}

async function steer(around: CommandSurroundings, command: Command): Promise<CommandReceipt> {
  const { state, steps, gates } = around;
  const body = command.body as { readonly target: string; readonly person: string };
  if (!state.plan.people.some((person) => person.id === body.person)) {
    throw failureOf(
      errorShape('DR_IDENTITY_UNKNOWN', `${body.person} is nobody in this plan`, { actual: body.person }),
    );
  }
  if (command.name === 'pause') {
    if (state.snapshot.pausedBy) {
      throw failureOf(errorShape('DR_ALREADY_PAUSED', `${state.snapshot.pausedBy} paused it already`));
    }
    state.update({ pausedBy: body.person });
    return receipt('paused: attempts in flight finish, nothing new starts', null);
  }
  if (command.name === 'resume') {
    if (!state.snapshot.pausedBy) throw failureOf(errorShape('DR_NOT_PAUSED', 'it is not paused'));
    state.update({ pausedBy: null });
    return receipt('resumed', null);
  }
  const gate = planGates(state.plan).find((candidate) => candidate.id === body.target);
  if (gate) {
    if (state.gate(gate.id).state !== 'open') throw failureOf(errorShape('DR_GATE_NOT_OPEN', `${gate.id} is not open`));
    await gates.refresh(gate);
    return receipt(`the facts of ${gate.id} were read again; approvals given before are void`, null);
  }
  const record = state.step(findStep(state, body.target).id);
  if (record.state !== 'failed' || record.choices.length === 0) {
    throw failureOf(errorShape('DR_STEP_NOT_FAILED', `${body.target} is ${record.state.replaceAll('_', ' ')}`));
  }
  steps.answer(body.target, 'retry');
  return receipt(`${body.target} is tried again`, null);
}

async function verified<Wanted extends GateStatement | StepStatement>(
  around: CommandSurroundings,
  command: string,
  target: string,
  signed: SignedStatement,
): Promise<{ readonly person: string; readonly statement: Wanted }> {
  const verification = await engine['engine.verifyStatement']({ signed, people: around.state.plan.people });
  if (!verification.verified) {
    return refuse(around, command, target, verification.claimedPerson, verification.error, signed);
  }
  if (verification.statement.type !== command) {
    const error = errorShape('DR_STATEMENT_MALFORMED', `the signed statement is not for ${command}`, {
      expected: command,
      actual: verification.statement.type,
    });
    return refuse(around, command, target, verification.person, error, signed);
  }
  return { person: verification.person, statement: verification.statement as Wanted };
}

async function refuse(
  { state, evidence }: CommandSurroundings,
  command: string,
  target: string,
  person: string,
  error: ErrorShape,
  signed: SignedStatement,
): Promise<never> {
  const ledgerEntry = await evidence.append(
    'denied',
    { refused: command, target, person, code: error.code, message: error.message },
    { statement: signed },
  );
  state.refuse({ at: now(), person, command, target, error, ledgerEntry });
  throw failureOf(error);
}

function findGate(state: ExecutionState, id: string): PlanGate {
  const gate = planGates(state.plan).find((candidate) => candidate.id === id);
  if (gate) return gate;
  const known = planGates(state.plan).map((candidate) => candidate.id);
  throw failureOf(
    errorShape('DR_GATE_UNKNOWN', `the plan has no gate ${id}`, { field: 'gate', expected: known, actual: id }),
  );
}

function findStep(state: ExecutionState, id: string): PlanStep {
  const step = planSteps(state.plan).find((candidate) => candidate.id === id);
  if (step) return step;
  const known = planSteps(state.plan).map((candidate) => candidate.id);
  throw failureOf(
    errorShape('DR_STEP_UNKNOWN', `the plan has no step ${id}`, { field: 'step', expected: known, actual: id }),
  );
}

const receipt = (says: string, ledgerEntry: string | null): CommandReceipt => ({ accepted: true, says, ledgerEntry });
