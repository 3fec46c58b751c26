import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { errorShape } from '../../domain/errors.ts';
import type { ExecutionOutcome, ExecutionRequest, ExecutionSnapshot, ScheduledStart } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import type { PlanNode, PlanStep } from '../../domain/plan.ts';
import { executionStatus, wake } from '../messages.ts';
import { AbortRequest } from './abort-request.ts';
import { engine } from './activities.ts';
import { applyCommand } from './apply-command.ts';
import { CommandQueue } from './command-queue.ts';
import { dryRun } from './dry-run.ts';
import { EvidenceWriter } from './evidence-writer.ts';
import { ExecutionState, now } from './execution-state.ts';
import { failureShape } from './failure-shape.ts';
import { GateKeeper } from './gate-keeper.ts';
import { requestOf } from './request-of.ts';
import { pastNoReturn, StepRunner } from './step-runner.ts';
import { undoChanges } from './undo-changes.ts';

/**
 * The life of one execution, whatever its runbook: admit, record, run, seal. Returns the whole snapshot; a refused
 * request ends as an outcome, not as an exception, because it too is a record.
 */
export async function runExecution(asked: ExecutionRequest | ScheduledStart): Promise<ExecutionSnapshot> {
  const request = requestOf(asked);
  const abort = new AbortRequest();
  const state = new ExecutionState(request, abort);
  const evidence = new EvidenceWriter(state);
  const steps = new StepRunner(state, abort);
  const gates = new GateKeeper(state, abort, steps);
  const commands = new CommandQueue();
  setHandler(executionStatus, () => state.snapshot);
  setHandler(wake, () => undefined);
  // A cancellation from outside (Temporal's own UI) is an abort like any other: nothing is torn off.
  CancellationScope.current().cancelRequested.catch((reason) => {
    if (isCancellation(reason)) abort.request({ outcome: 'aborted', because: 'the workflow was cancelled' });
  });
  return CancellationScope.nonCancellable(async () => {
    const served = condition(() => state.snapshot.plan !== null || state.snapshot.outcome !== null).then(() =>
      commands.serve((command) => applyCommand({ state, abort, evidence, steps, gates }, command)),
    );
    const outcome = await carryOut(state, abort, evidence, steps, gates);
    state.update({ state: 'sealing', outcome, endedAt: now() });
    // The record closes first: nothing may be written to it behind its seal.
    commands.close();
    await served;
    if (state.snapshot.error?.code === 'DR_LEDGER_UNWRITABLE') state.update({ state: 'ended' });
    else await seal(state, evidence);
    await condition(allHandlersFinished);
    return state.snapshot;
  });
}

async function carryOut(
  state: ExecutionState,
  abort: AbortRequest,
  evidence: EvidenceWriter,
  steps: StepRunner,
  gates: GateKeeper,
): Promise<ExecutionOutcome> {
  const admission = await engine['engine.admit'](state.snapshot.request);
  if (admission.plan) state.pin(admission.plan);
  try {
    const opened = await evidence.append('opened', openingFacts(state, admission.environment), {
      statement: state.snapshot.request.signed,
      artefacts: admission.plan ? [{ name: 'plan', json: admission.plan as unknown as Json }] : [],
    });
    state.update({ ledger: { ...state.snapshot.ledger, opened } });
  } catch (caught) {
    // Only a live execution may hold its records; anything else ends before it has changed something.
    state.fail(errorShape('DR_LEDGER_UNWRITABLE', failureShape(caught).message));
    return 'refused';
  }
  if (!admission.admitted) {
    state.fail(admission.error);
    return 'refused';
  }
  state.update({ state: 'running' });
  if (state.snapshot.request.mode === 'dry_run') return dryRun(state, steps, gates);
  await runNodes(state, abort, steps, gates);
  const outcome = abort.end ? await endEarly(state, abort.end, steps) : 'succeeded';
  return cleanUp(state, steps, outcome);
}

/** Every node starts as soon as what it waits for has finished; nothing new starts once an abort was asked for. */
async function runNodes(
  state: ExecutionState,
  abort: AbortRequest,
  steps: StepRunner,
  gates: GateKeeper,
): Promise<void> {
  const finished = new Map<string, Promise<void>>();
  let irreversibleBegun = false;
  const run = async (node: PlanNode): Promise<void> => {
    await Promise.all(node.after.map((id) => finished.get(id)));
    const start = () => condition(() => !state.held);
    await start();
    if (abort.requested) return;
    if (node.kind === 'gate') return gates.pass(node);
    if (node.role === 'fence' || (node.effect === 'irreversible' && !irreversibleBegun)) {
      await gates.confirm(node);
      // People may take long to confirm, and may pause meanwhile: what was confirmed before a pause is read again after it.
      while (state.held) {
        await start();
        await gates.confirm(node);
      }
      if (abort.requested) return;
      irreversibleBegun ||= node.effect === 'irreversible';
    }
    await steps.run(node);
  };
  for (const node of state.plan.nodes) {
    if (node.kind === 'step' && node.always) continue;
    finished.set(node.id, run(node));
  }
  await Promise.all(finished.values());
}

/** Before the point of no return everything is undone; behind it nothing is, and people take over. */
async function endEarly(
  state: ExecutionState,
  end: NonNullable<AbortRequest['end']>,
  steps: StepRunner,
): Promise<ExecutionOutcome> {
  const remedy = `See what was done: lifeboat status ${state.snapshot.request.executionId}`;
  if (pastNoReturn(state)) {
    const message = `aborted past the point of no return (${end.because}): nothing was undone`;
    state.fail(end.error ?? errorShape('DR_DECLINED', message, { remedy }));
    return 'handed_over';
  }
  const left = await undoChanges(state, steps);
  const undone = left.length > 0 ? `; not undone: ${left.join(', ')}` : '';
  state.fail({
    ...(end.error ?? errorShape('DR_DECLINED', end.because, { remedy })),
    message: `${end.because}${undone}`,
  });
  return end.outcome;
}

/**
 * What always runs does so in plan order, whatever happened, and a failure there stops nothing. But an execution that left
 * something behind did not succeed.
 */
async function cleanUp(state: ExecutionState, steps: StepRunner, outcome: ExecutionOutcome): Promise<ExecutionOutcome> {
  let ends = outcome;
  for (const node of state.plan.nodes) {
    if (node.kind !== 'step' || !node.always) continue;
    state.outputs.set('$execution', { id: state.snapshot.request.executionId, outcome: ends });
    await steps.run({ ...node, onFailure: 'continue' } satisfies PlanStep);
    const { state: ended, error } = state.step(node.id);
    if (node.role !== 'cleanup' || ended !== 'failed' || ends !== 'succeeded') continue;
    ends = 'failed';
    if (error) state.fail(error);
  }
  return ends;
}

function openingFacts(state: ExecutionState, environment: string): Readonly<Record<string, Json>> {
  const { request } = state.snapshot;
  const { workflowId, runId } = workflowInfo();
  return {
    workflowId,
    runId,
    environment,
    runbook: request.runbook,
    mode: request.mode,
    purpose: request.purpose,
    reason: request.reason,
    requestedBy: request.requestedBy,
    schedule: request.schedule ?? null,
    parameters: request.parameters,
    planDigest: state.snapshot.plan?.digest ?? null,
    objectives: (state.snapshot.objectives as unknown as Json) ?? null,
    people: (state.snapshot.plan?.people as unknown as Json) ?? [],
  };
}

async function seal(state: ExecutionState, evidence: EvidenceWriter): Promise<void> {
  const { snapshot } = state;
  const sealed = await evidence.seal({
    type: 'sealed',
    executionId: snapshot.request.executionId,
    service: snapshot.request.service,
    at: now(),
    facts: {
      outcome: snapshot.outcome,
      error: snapshot.error?.code ?? null,
      planDigest: snapshot.plan?.digest ?? null,
      marks: snapshot.marks,
      rtoSeconds: snapshot.actual?.rtoSeconds ?? null,
      rpo: (snapshot.actual?.rpo as unknown as Json) ?? null,
      restore: (snapshot.actual?.restore as unknown as Json) ?? null,
      copy: (snapshot.actual?.copy as unknown as Json) ?? null,
      objectives: (snapshot.objectives as unknown as Json) ?? null,
      startedAt: snapshot.startedAt,
      endedAt: snapshot.endedAt,
      refusals: snapshot.refusals.length,
    },
    statement: null,
    artefacts: [{ name: 'record', json: snapshot as unknown as Json }],
  });
  state.update({ state: 'ended', ledger: { ...snapshot.ledger, sealed } });
}
