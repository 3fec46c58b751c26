import type { CommandReceipt } from '../../domain/commands.ts';
import { aboutExecution } from '../about-execution.ts';
import { renderReceipt } from '../screens/receipt.ts';
import type { Session } from '../session.ts';
import { knownPerson } from '../signer.ts';
import { viewForCommand } from '../view-for-command.ts';

export interface SteerOptions {
  readonly reason?: string;
}

/** Pause, resume and retry: they carry a person's name and no signature, so the key must be somebody's here. */
export async function steer(
  session: Session,
  command: 'pause' | 'resume' | 'retry',
  executionId: string,
  stepId: string | null,
  options: SteerOptions,
): Promise<number> {
  aboutExecution(session, executionId);
  const configuration = await session.configuration();
  const identity = await session.identity();
  const client = await session.client();
  const { snapshot } = await viewForCommand(session, client, executionId);
  const person = knownPerson(identity, configuration, snapshot.request.service).id;
  const reason = options.reason ?? '';
  const send: Record<typeof command, () => Promise<CommandReceipt>> = {
    pause: () => client.pause(executionId, person, reason),
    resume: () => client.resume(executionId, person, reason),
    retry: () => client.retry(executionId, stepId ?? '', person, reason),
  };
  const receipt = await send[command]();
  session.report.result('receipt', { command, executionId, step: stepId, person, ...receipt }, (style) =>
    renderReceipt(receipt, executionId, style),
  );
  return 0;
}
