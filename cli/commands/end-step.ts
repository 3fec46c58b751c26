import { LifeboatError } from '../../domain/errors.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { planSteps } from '../../domain/plan.ts';
import type { StepStatement } from '../../domain/statement.ts';
import { signStatement } from '../../identity/sign-statement.ts';
import { aboutExecution } from '../about-execution.ts';
import { sendSigned } from '../recorded-refusal.ts';
import { renderEndQuestion } from '../screens/end-question.ts';
import { renderReceipt } from '../screens/receipt.ts';
import type { Session } from '../session.ts';
import { expiryOf, signingPerson } from '../signing.ts';
import { ask } from '../terminal/prompt.ts';
import { canAsk } from '../terminal/terminal.ts';
import { viewForCommand } from '../view-for-command.ts';

export interface EndOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly as?: string;
}

/** Skips a failed step, or aborts the execution: both signed, because both decide what is not done. */
export async function endStep(
  session: Session,
  executionId: string,
  stepId: string | null,
  options: EndOptions,
): Promise<number> {
  aboutExecution(session, executionId);
  const type = stepId === null ? 'abort' : 'skip';
  const configuration = await session.configuration();
  const identity = await session.identity();
  const client = await session.client();
  const { snapshot } = await viewForCommand(session, client, executionId);
  if (stepId !== null) checkStep(snapshot, stepId);
  const person = signingPerson(identity, configuration, snapshot, options.as);
  await confirm(session, type, snapshot, stepId, options);
  const statement: StepStatement = {
    type,
    person,
    executionId,
    stepId,
    planDigest: snapshot.plan?.digest ?? 'none',
    reason: options.reason ?? '',
    issuedAt: session.now().toISOString(),
    expiresAt: expiryOf(session.now()),
  };
  const signed = signStatement(statement, identity.privateKey);
  const receipt = await sendSigned(session, client, executionId, type, () =>
    stepId === null ? client.abort(executionId, signed) : client.skip(executionId, stepId, signed),
  );
  session.report.result('receipt', { command: type, executionId, step: stepId, person, ...receipt }, (style) =>
    renderReceipt(receipt, executionId, style),
  );
  return 0;
}

function checkStep(snapshot: ExecutionSnapshot, stepId: string): void {
  if (snapshot.plan === null || snapshot.plan.nodes.some(({ id }) => id === stepId)) return;
  throw new LifeboatError('DR_STEP_UNKNOWN', `${snapshot.request.executionId} has no step '${stepId}'`, {
    field: 'step',
    expected: planSteps(snapshot.plan).map(({ id }) => id),
    actual: stepId,
    remedy: `lifeboat status ${snapshot.request.executionId}`,
  });
}

/** On a terminal the word is typed; a script has named the execution and that is enough. */
async function confirm(
  session: Session,
  type: 'skip' | 'abort',
  snapshot: ExecutionSnapshot,
  stepId: string | null,
  options: EndOptions,
): Promise<void> {
  if (options.yes === true || !canAsk(session.terminal)) return;
  session.report.message((style) => renderEndQuestion(snapshot, stepId, style));
  const typed = await ask(session.terminal, `Type ${type} to sign and send: `);
  if (typed !== type) throw new LifeboatError('DR_DECLINED', 'nothing was signed and nothing was sent', { remedy: '' });
}
